"""How `nox -s fleet` tells how a fleet fares."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.charts.making import built_helm, write_mirror

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parent.parent
CLUSTER = """\
name: campus
provider: aws
aws: {key: key.json, account: "012345678901", clusterName: campus, clusterType: eks, region: us-west-2}
hubs:
  - name: research
    display_name: Research
    domain: research.example.org
    helm_chart: basehub
    helm_chart_values_files: [research.values.yaml]
"""
VALUES = """\
jupyterhub:
  hub:
    config:
      JupyterHub:
        authenticator_class: github
      GitHubOAuthenticator:
        client_id: an-id
        client_secret: a-secret
        allowed_organizations: [an-organisation]
  custom:
    homepage:
      gitRepoBranch: research
    our:
      key: 1
"""
EXPECTED = """\
loaded   1 of 1 hubs
valid    1 of 1 hubs
rendered 1 of 1 hubs
2 kinds of keys without effect
    1 x `jupyterhub.custom.homepage.gitRepoBranch` has no effect: \
the hub gets no pages from the internet: bring your own by the feature `templates`
    1 x nothing reads the key `our` of `jupyterhub.custom`
"""
BROKEN = """\
loaded   1 of 1 hubs
valid    0 of 1 hubs
rendered 0 of 1 hubs
campus/research: config/clusters/campus/research.values.yaml:6:1: unknown key `nsf`: did you mean `nfs`? \
[chart-schema]
"""


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    directory = tmp_path / "fleet/config/clusters/campus"
    directory.mkdir(parents=True)
    (directory / "key.json").write_text("{}")
    (directory / "cluster.yaml").write_text(CLUSTER)
    (directory / "research.values.yaml").write_text(VALUES)
    return tmp_path / "fleet"


def run(fleet: Path) -> tuple[int, str]:
    built_helm(ROOT, "helm")
    environ = {
        **os.environ,
        "DEPLOYER_CACHE": str(fleet / "cache"),
        "DEPLOYER_STATE": str(fleet / "state"),
        "DEPLOYER_CHART_MIRROR": str(write_mirror(fleet / "mirror")),
    }
    argv = [sys.executable, str(ROOT / "tools/fleet"), str(fleet)]
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_all_is_well_when_every_hub_renders_and_keys_without_effect_are_told(fleet: Path) -> None:
    assert run(fleet) == (0, EXPECTED)


def test_a_hub_that_stops_on_its_way_is_told_with_the_reason(fleet: Path) -> None:
    (fleet / "config/clusters/campus/research.values.yaml").write_text("jupyterhub: {}\nnsf: {}\n")
    status, output = run(fleet)
    assert (status, output.splitlines()[:3]) == (1, BROKEN.splitlines()[:3])
    assert "unknown key `nsf`" in output


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "DEPLOYER_FLEET names no fleet"),
        ({"DEPLOYER_FLEET": "/nowhere"}, "DEPLOYER_FLEET is no directory: /nowhere"),
        ({"DEPLOYER_FLEET": str(ROOT)}, "DEPLOYER_CHART_MIRROR names no charts"),
    ],
)
def test_without_fleet_or_charts_the_session_says_why_it_does_nothing(
    settings: dict[str, str], reason: str
) -> None:
    names = ("DEPLOYER_FLEET", "DEPLOYER_CHART_MIRROR")
    environ = {key: value for key, value in os.environ.items() if key not in names} | settings
    argv = [sys.executable, "-m", "nox", "-s", "fleet"]
    done = subprocess.run(argv, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert reason in done.stderr
    assert done.returncode == 0
