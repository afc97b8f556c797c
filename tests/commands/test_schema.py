"""`deployer schema`: what it prints and writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deployer import cli
from deployer.fleet.schema import SCHEMAS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CACHE", "STATE"):
        monkeypatch.setenv(f"DEPLOYER_{name}", str(tmp_path / name))
    monkeypatch.setenv("DEPLOYER_CHART_MIRROR", str(repository / "tests/charts"))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)


def test_one_kind_is_printed_wherever_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["schema", "org"]) == 0
    expected = json.loads((SCHEMAS / "org.schema.json").read_text())
    assert json.loads(capsys.readouterr().out) == expected


def test_the_kinds_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["schema"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (
        "cluster            One Kubernetes cluster and the hubs on it: config/clusters/<name>/cluster.yaml."
        in lines
    )
    assert "report             What `deployer validate --format json` writes." in lines


def test_schemas_of_all_files_are_written_for_editors(
    tmp_path: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "config/schemas"
    assert cli.run(["--root", str(repository), "schema", "--to", str(directory)]) == 0
    captured = capsys.readouterr()
    written = sorted(directory.iterdir())
    assert captured.out.splitlines() == [str(path) for path in written]
    assert {"cluster.schema.json", "org.schema.json", "preset.schema.json", "values.schema.json"} <= {
        path.name for path in written
    }
    assert "report.schema.json" not in {path.name for path in written}
    assert json.loads((directory / "values.schema.json").read_text())["properties"]["jupyterhub"][
        "properties"
    ]
    assert "hint: begin a file with `# yaml-language-server: $schema=`" in captured.err


def test_an_unknown_kind_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["schema", "clutser"]) == 1
    assert capsys.readouterr() == ("", "error: no such schema: clutser\nhint: did you mean `cluster`?\n")
