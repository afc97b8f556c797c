"""`deployer rules`: what is looked for, and why."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from deployer import cli
from deployer.fleet.schema import SCHEMAS
from deployer.rules.catalogue import RULES

EXAMPLES = Path(__file__).parent.parent / "examples"
OWN = str(EXAMPLES / "valid/own-rule")
BROKEN = str(EXAMPLES / "invalid/own-rule--files")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    monkeypatch.delenv("DEPLOYER_DOCS", raising=False)


def test_every_rule_is_a_line_and_those_of_the_fleet_come_last(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", OWN, "rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        *(rule.id for rule in RULES),
        "contact",
        "memory-limit",
        "own-domain",
    ]
    assert lines[-2].split(maxsplit=2)[1:] == ["warning", "Want a limit of memory, and none above 16 GiB."]
    assert len({line.index("Want") for line in lines[-3:]}) == 1


def test_one_rule_is_explained(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER_DOCS", "https://docs.example.org")
    assert cli.run(["--root", OWN, "rules", "duplicate-key"]) == 0
    assert capsys.readouterr().out == (
        "duplicate-key (error)\n\n"
        "Refuse a key that is written twice in one map.\n\n"
        "The last one would count and the others would be lost in silence.\n\n"
        "it cannot be ignored\n"
        "examples: https://docs.example.org/rules/duplicate-key.html\n"
    )


def test_a_rule_of_the_fleet_names_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", OWN, "rules", "contact"]) == 0
    assert capsys.readouterr().out == (
        "contact (error)\n\n"
        "Want a clinical cluster to say who answers for it.\n\n"
        "A community asks the operator, and the operator has to know whom to ask.\n\n"
        "ignore it where it is accepted: # deployer: ignore=contact REASON\n"
        "its text and its examples: config/rules/contact.yaml\n"
    )


def test_without_documentation_the_sources_have_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", OWN, "rules", "domains"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "examples: the directories domains* below tests/examples in the program's sources"
    )


@pytest.mark.parametrize("argv", [(), ("contact",)])
def test_json_is_as_its_schema_says(capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]) -> None:
    assert cli.run(["--root", OWN, "rules", *argv, "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "rules.schema.json").read_text()))
    assert len(found["rules"]) == (1 if argv else len(RULES) + 3)


def test_an_unknown_rule_has_a_near_match(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", OWN, "rules", "memory-limits"]) == 1
    assert capsys.readouterr().err == (
        "error: no such rule: memory-limits\nhint: did you mean `memory-limit`?\n"
    )


def test_rule_files_with_errors_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", BROKEN, "rules"]) == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1].split()[0] == RULES[-1].id
    assert captured.err == (
        "some rule files have errors, so these may not be all rules\nhint: run `deployer validate`\n"
    )


def test_without_a_fleet_there_are_the_rules_of_the_program(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["rules"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(RULES)
