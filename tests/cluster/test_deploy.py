"""Deploys that go well, on a real cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.conftest import TestFleet

pytestmark = pytest.mark.cluster


def test_a_hub_is_deployed_checked_and_remembered_as_good(fleet: TestFleet, tmp_path: Path) -> None:
    hub = fleet.add_hub()
    report = tmp_path / "report.json"

    done = fleet.deploy(hub, "--report", str(report))

    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:2] == [hub, "deployed"]
    for step in ("upgrade release", "roll out", "create user", "start server", "run cells", "stop server"):
        assert f"{hub}: {step} ..." in done.stderr
    assert json.loads(report.read_text())["hubs"][0]["revision"] == 1
    lease = fleet.lease(hub)
    assert lease["spec"].get("holderIdentity", "") == ""
    assert lease["metadata"]["annotations"]["deployer.dev/good-revisions"] == "1"

    assert fleet.deployed(hub)["revision"] == 2
    assert fleet.statuses(hub) == ["superseded", "deployed"]


def test_all_hubs_of_a_cluster_are_deployed_when_none_is_named(fleet: TestFleet) -> None:
    hubs = [fleet.add_hub(name) for name in ("one", "two")]
    done = fleet.deploy("--skip-health-check")
    assert done.returncode == 0, done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [[hub, "deployed"] for hub in hubs]


def test_a_dry_run_needs_no_cluster_and_writes_nothing(fleet: TestFleet, tmp_path: Path) -> None:
    """With a state directory that knows no cluster there is nowhere to write to; then on the real one."""
    hub = fleet.add_hub()
    away = fleet.deploy(hub, "--dry-run", DEPLOYER_STATE=str(tmp_path / "nothing"))
    assert away.returncode == 0, away.stderr
    assert not (tmp_path / "nothing").exists()

    near = fleet.deploy(hub, "--dry-run", "--output", "json")
    assert near.returncode == 0, near.stderr
    assert [release["hub"] for release in json.loads(near.stdout)["releases"]] == [hub]
    with pytest.raises(NotFound):
        fleet.api.get(f"/api/v1/namespaces/{hub}")


def test_skipping_the_health_check_does_not_make_a_revision_good(fleet: TestFleet) -> None:
    hub = fleet.add_hub()
    assert fleet.deployed(hub, "--skip-health-check")["ok"]
    assert "annotations" not in fleet.lease(hub)["metadata"]
