"""`deployer list`: columns for awk, JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployer import cli

EXAMPLES = Path(__file__).parent.parent / "examples"
EVERY_KEY = EXAMPLES / "valid/every-key"


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)


def test_text_is_a_line_per_hub_with_the_same_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(EVERY_KEY), "list"]) == 0
    captured = capsys.readouterr()
    assert captured.out == (
        "alps     staging   aws         basehub  staging.alps.example.org\n"
        "alps     research  aws         basehub  alps.example.org\n"
        "hut      -         kubeconfig  -        -\n"
        "lake     prod      azure       basehub  lake.example.org\n"
        "lake     staging   azure       basehub  staging.lake.example.org\n"
        "laptop   -         local       -        -\n"
        "sea      -         gcp         -        -\n"
    )
    assert captured.err == "CLUSTER  HUB       PROVIDER    CHART    DOMAIN\n"
    assert {len(line.split()) for line in captured.out.splitlines()} == {5}


def test_one_cluster_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(EVERY_KEY), "list", "sea", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["clusters"] == [
        {
            "name": "sea",
            "provider": "gcp",
            "provider_url": None,
            "kubernetes_version": "1.33",
            "hubs": [],
        }
    ]


def test_a_broken_fleet_is_listed_with_a_word_about_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(EXAMPLES / "invalid/schema--last-hub"), "list"]) == 0
    captured = capsys.readouterr()
    assert [line.split()[1] for line in captured.out.splitlines()] == ["physics", "chemistry", "biology"]
    assert captured.err.splitlines()[1:] == [
        "the configuration has 2 errors, so this may not be all of it",
        "hint: run `deployer validate`",
    ]


def test_an_unknown_cluster_is_an_error_with_a_near_match(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(EVERY_KEY), "list", "alsp"]) == 1
    assert capsys.readouterr() == ("", "error: no such cluster: alsp\nhint: did you mean `alps`?\n")
