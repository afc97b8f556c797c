"""`deployer deploy`: what it prints for programs, held against the published schemas. No cluster is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from deployer import cli
from deployer.fleet.schema import SCHEMAS
from deployer.operations.deploy.plan import Outcome
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
    ],
    ids=["deployed", "rolled back", "interrupted"],
)
def test_every_end_of_a_deploy_fits_the_schema(outcome: Outcome) -> None:
    against("deploy", {"cluster": "campus", "hubs": [outcome.summary()]})
