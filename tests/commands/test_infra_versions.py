"""`deployer infra versions`: columns for awk, JSON for programs, warnings for people."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from deployer import cli, session
from deployer.commands import app
from deployer.fleet.schema_files import whole

EVERY_KEY = Path(__file__).parent.parent / "examples/valid/every-key"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TABLE = """\
alps     aws       1.32     infrastructure  2026-03-23  2027-03-23
hut      -         1.33     org.yaml        -           -
lake     azure     1.33     org.yaml        2026-07-31  2027-07-31
laptop   -         1.34     cluster.yaml    -           -
sea      gcp       1.33     org.yaml        2026-08-03  -
"""
OFFERED = """\
aws       1.29     extended  2025-03-23  2026-03-23
aws       1.30     extended  2025-07-23  2026-07-23
aws       1.31     extended  2025-11-26  2026-11-26
aws       1.32     standard  2026-03-23  2027-03-23
aws       1.33     standard  2026-07-29  2027-07-29
aws       1.34     standard  2026-12-02  2027-12-02
aws       1.35     standard  2027-03-27  2028-03-27
aws       1.36     standard  2027-08-02  2028-08-02
"""
TOLD = """\
CLUSTER  PROVIDER  VERSION  SAID-BY         STANDARD    EXTENDED
warning: alps: EKS's support of Kubernetes 1.32 ends in 22 days, on 2026-03-23; \
then there is extended support, which costs more, until 2027-03-23
"""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    # The command takes the session's clock, whose default is made here.
    real = session.Session
    monkeypatch.setattr(app, "Session", lambda **given: replace(real(**given), clock=lambda: NOW))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)


def test_text_is_a_line_per_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(EVERY_KEY), "infra", "versions"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == (TABLE, TOLD)


def test_json_of_one_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["-q", "--root", str(EVERY_KEY), "infra", "versions", "lake", "-o", "json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert not list(Draft7Validator(whole("infra-versions")).iter_errors(found))
    assert [each["cluster"] for each in found["clusters"]] == ["lake"]
    assert found["clusters"][0]["support"]["state"] == "standard"
    offered = [each["version"] for each in found["offered"] if each["provider"] == "gcp"]
    assert offered == ["1.32", "1.33", "1.35", "1.36"]
    assert captured.err == ""


def test_what_clouds_support_today_is_the_same_for_all_fleets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["--root", str(EVERY_KEY), "infra", "versions", "--offered"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(OFFERED)
    assert "\ngcp       1.32     standard  2026-04-11  -\n" in captured.out
    assert captured.err == "PROVIDER  VERSION  SUPPORT   STANDARD    EXTENDED\n"


def test_a_broken_cluster_hides_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleet = tmp_path / "fleet"
    shutil.copytree(EVERY_KEY, fleet)
    (fleet / "config/clusters/alps/cluster.yaml").write_text("name: [", encoding="utf-8")

    assert cli.run(["--root", str(fleet), "infra", "versions"]) == 1
    captured = capsys.readouterr()
    told = [line.split() for line in captured.out.splitlines()]
    assert told == [line.split() for line in TABLE.splitlines()[1:]]
    assert "  config/clusters/alps/cluster.yaml:1:" in captured.err

    assert cli.run(["--root", str(fleet), "infra", "versions", "alps", "lake", "-o", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not list(Draft7Validator(whole("infra-versions")).iter_errors(found))
    assert [each["cluster"] for each in found["clusters"]] == ["lake"]
    assert [each["cluster"] for each in found["failed"]] == ["alps"]


def test_an_unknown_cluster_has_a_near_match(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(EVERY_KEY), "infra", "versions", "alp"]) == 1
    assert capsys.readouterr().err.endswith("error: no such cluster: alp\nhint: did you mean `alps`?\n")


def test_what_is_wrong_for_all_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleet = tmp_path / "fleet"
    shutil.copytree(EVERY_KEY, fleet)
    (fleet / "config/clusters/hut/cluster.yaml").rename(fleet / "config/clusters/hut/cluster.yml")
    assert cli.run(["--root", str(fleet), "infra", "versions"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("error: ") == 1
    assert "config/clusters/hut/cluster.yml:1:1: " in captured.err


def test_a_directory_that_is_no_fleet_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(tmp_path), "infra", "versions"]) == 1
    assert capsys.readouterr().err.startswith("error: no fleet in ")
