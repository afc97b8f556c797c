"""`deployer deploy`: what it prints for programs, held against the published schemas. No cluster is asked."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from deployer import cli
from deployer.fleet.model import Freeze
from deployer.fleet.schema import SCHEMAS
from deployer.operations.deploy.outcome import Outcome
from deployer.operations.diagnosis import Diagnosis, Trouble
from tests.charts.making import write_mirror

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER = """\
name: campus
provider: local
kubernetes_version: "1.34"
hubs:
  - name: research
    domain: research.example.org
    helm_chart: basehub
    presets: [dask]
    helm_chart_values_files: [research.values.yaml]
  - name: unknown
    domain: unknown.example.org
    helm_chart: basehub
    helm_chart_values_files: []
    chart_override: Chart.yaml
"""
OVERRIDE = """\
apiVersion: v2
name: basehub
version: 0.1.0
dependencies:
  - {name: nowhere, version: ~1.2, repository: "https://charts.example.org/"}
"""


DIAGNOSIS = Diagnosis(
    trouble=Trouble(about="pod hub-x", reason="ErrImagePull", message="m"),
    events=("Failed: m",),
    log=(),
    cause="the image does not exist",
    next_command="deployer logs campus a hub",
)
FREEZE = Freeze(
    begins=datetime(2000, 1, 1, tzinfo=UTC), ends=datetime(2099, 1, 1, tzinfo=UTC), reason="exams", hub="a"
)
FROZEN = "    freeze: [{from: 2000-01-01, until: 2099-12-31, reason: exams}]\n"
"""In which every day is."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fleet with a hub that can be deployed and one whose chart is not as it should be."""
    files = {"cluster.yaml": CLUSTER, "research.values.yaml": "{}\n", "Chart.yaml": OVERRIDE}
    directory = tmp_path / "fleet/config/clusters/campus"
    directory.mkdir(parents=True)
    for name, text in files.items():
        (directory / name).write_text(text)
    mirror = write_mirror(tmp_path / "mirror")
    for name, value in {"CACHE": "cache", "STATE": "state", "CHART_MIRROR": mirror}.items():
        monkeypatch.setenv(f"DEPLOYER_{name}", str(tmp_path / str(value)))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    return tmp_path / "fleet"


def against(schema: str, document: Any) -> None:
    jsonschema.validate(document, json.loads((SCHEMAS / f"{schema}.schema.json").read_text()))


def test_a_plan_is_as_its_schema_says(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(root), "deploy", "campus", "--dry-run", "--output", "json"]) == 1
    plan = json.loads(capsys.readouterr().out)
    against("plan", plan)
    assert [release["hub"] for release in plan["releases"]] == ["research"]
    assert plan["releases"][0]["presets"] == ["dask"]
    assert [outcome["hub"] for outcome in plan["refused"]] == ["unknown"]


def test_a_report_is_as_its_schema_says_on_stdout_and_in_its_file(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.json"
    argv = ["deploy", "campus", "unknown", "--output", "json", "--report", str(path)]
    assert cli.run(["--root", str(root), *argv]) == 1
    report = json.loads(capsys.readouterr().out)
    against("deploy", report)
    assert report == json.loads(path.read_text())
    assert [(outcome["hub"], outcome["ok"]) for outcome in report["hubs"]] == [("unknown", False)]
    assert "no exact version of dependency `nowhere`" in report["hubs"][0]["error"]


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(hub="a", host="a.example.org", ok=True, seconds=12.34, revision=7),
        Outcome(
            hub="a",
            host="a.example.org",
            ok=False,
            seconds=600,
            revision=6,
            rolled_back=True,
            error="did not come up",
            hint="look at its log",
            diagnosis=DIAGNOSIS,
        ),
        Outcome(hub="a", host="a.example.org", ok=False, seconds=1, error="interrupted", interrupted=True),
        Outcome(hub="support", host="", ok=True, seconds=0, left_alone="frozen", freeze=FREEZE),
    ],
    ids=["deployed", "rolled back", "interrupted", "frozen"],
)
def test_every_end_of_a_deploy_fits_the_schema(outcome: Outcome) -> None:
    against("deploy", {"cluster": "campus", "hubs": [outcome.summary()]})


def test_a_plan_of_the_support_is_as_its_schema_says(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["deploy", "campus", "--support", "--dry-run", "--output", "json"]
    assert cli.run(["--root", str(root), *argv]) == 0
    plan = json.loads(capsys.readouterr().out)
    against("plan", plan)
    (release,) = plan["releases"]
    assert (release["hub"], release["namespace"], release["chart"]) == ("support", "support", "support")
    assert (release["host"], release["packages"], release["presets"]) == ("", [], [])


def test_support_and_hubs_are_not_deployed_at_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(root), "deploy", "campus", "research", "--support"]) == 2
    assert "--support deploys no hub: name none" in capsys.readouterr().err


def test_what_is_wrong_with_hubs_does_not_stop_a_deploy_of_the_support(root: Path) -> None:
    (root / "config/clusters/campus/research.values.yaml").write_text("a: [\n")
    assert cli.run(["--root", str(root), "deploy", "campus", "--dry-run"]) == 1
    assert cli.run(["--root", str(root), "deploy", "campus", "--support", "--dry-run"]) == 0


def test_a_plan_says_that_the_support_comes_first_where_it_is_declared(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "config/clusters/campus/cluster.yaml"
    file.write_text(f"{file.read_text()}support: {{}}\n")

    def planned(*argv: str) -> list[tuple[str, str]]:
        cli.run(["--root", str(root), "deploy", "campus", "research", "--dry-run", "--output", "json", *argv])
        plan = json.loads(capsys.readouterr().out)
        against("plan", plan)
        return [(release["hub"], release["when"]) for release in plan["releases"]]

    assert planned() == [("support", "missing or changed"), ("research", "always")]
    assert planned("--no-support") == [("research", "always")]


def test_what_is_wrong_with_the_support_does_not_stop_hubs_that_go_without_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "config/clusters/campus/cluster.yaml"
    file.write_text(f"{file.read_text()}support: {{helm_chart_values_files: [support.values.yaml]}}\n")
    file.with_name("support.values.yaml").write_text("a: [\n")
    dry = ["--root", str(root), "deploy", "campus", "--dry-run"]
    assert [cli.run([*dry, *more]) for more in ([], ["research"], ["--support"])] == [1, 1, 1]
    assert "hint: correct the files" in capsys.readouterr().err
    assert cli.run([*dry, "research", "--no-support"]) == 0
    cli.run([*dry, "--no-support"])
    out, err = capsys.readouterr()
    assert out.count("would deploy campus research\n") == 2
    assert "the configuration has" not in err


def test_a_plan_of_the_support_says_nothing_of_a_host(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--root", str(root), "deploy", "campus", "--support", "--dry-run"]) == 0
    assert not any(line.endswith((" ", ":")) for line in capsys.readouterr().out.splitlines())


def test_in_a_freeze_a_hub_is_refused_before_anything_and_with_the_option_it_is_not(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "config/clusters/campus/cluster.yaml"
    file.write_text(CLUSTER.replace("    presets: [dask]\n", FROZEN))
    argv = ["--root", str(root), "deploy", "campus", "research"]
    said = "not deployed: hub `research` is frozen until 2100-01-01 12:00 UTC (exams)"
    assert cli.run(argv) == 1
    captured = capsys.readouterr()
    assert re.fullmatch(r"research +frozen +0.0 s +research.example.org\n", captured.out)
    assert f"research: {said}\nhint: wait until then; with `--override-freeze`" in captured.err

    assert cli.run([*argv, "--output", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    against("deploy", report)
    (outcome,) = report["hubs"]
    assert (outcome["error"], outcome["freeze"]["reason"], outcome["revision"]) == (said, "exams", None)

    assert cli.run([*argv, "--dry-run", "--output", "json"]) == 1
    plan = json.loads(capsys.readouterr().out)
    against("plan", plan)
    assert (plan["releases"], plan["refused"][0]["error"]) == ([], said)

    assert cli.run([*argv, "--dry-run", "--output", "json", "--override-freeze"]) == 0
    captured = capsys.readouterr()
    plan = json.loads(captured.out)
    against("plan", plan)
    assert (plan["releases"][0]["freeze"], plan["refused"]) == (outcome["freeze"], [])
    assert "notice: research: hub `research` is frozen until 2100-01-01 12:00 UTC (exams)" in captured.err


def test_a_plan_tells_that_the_support_is_left_alone_in_a_freeze(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "config/clusters/campus/cluster.yaml"
    file.write_text(f"{CLUSTER}{FROZEN}support: {{}}\n")
    argv = ["--root", str(root), "deploy", "campus", "research", "--dry-run"]
    assert cli.run([*argv, "--output", "json"]) == 0
    captured = capsys.readouterr()
    plan = json.loads(captured.out)
    against("plan", plan)
    assert ([release["hub"] for release in plan["releases"]], plan["left_alone"]) == (
        ["research"],
        ["support"],
    )
    assert "notice: support: left alone: hub `unknown` is frozen" in captured.err
