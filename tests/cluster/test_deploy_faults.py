"""Deploys that go wrong: each fault ends in a clear error, the right exit code, and nothing half-done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from deployer.tools.kubernetes import NotFound
from tests.cluster.values import CRASH, hub_environment, touched

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.conftest import TestFleet

pytestmark = pytest.mark.cluster


def test_a_hub_that_crashes_goes_back_to_the_last_good_revision(fleet: TestFleet) -> None:
    hub = fleet.add_hub(values=touched("good"))
    assert fleet.deployed(hub)["revision"] == 1

    fleet.set_values(hub, CRASH)
    done = fleet.deploy(hub, "--timeout", "150")

    assert done.returncode == 1
    assert done.stdout.split()[:3] == [hub, "rolled", "back"]
    assert "marker of the crash" in done.stderr
    assert "likely cause: the program in the container ends with an error" in done.stderr
    assert f"next: deployer shell test -- kubectl --namespace {hub} logs" in done.stderr
    assert hub_environment(fleet, hub)["TOUCHED"] == "good"
    assert fleet.statuses(hub)[-1] == "deployed"

    assert fleet.run("health", "test", hub).returncode == 0


def test_going_back_is_not_judged_by_the_pod_that_is_replaced(fleet: TestFleet) -> None:
    """With a rolling update the broken pod is still there while the good one comes back."""
    rolling = {"jupyterhub": {"proxy": {"deploymentStrategy": {"type": "RollingUpdate"}}}}
    hub = fleet.add_hub(values=rolling)
    assert fleet.deployed(hub)["revision"] == 1

    broken = {"proxy": {"chp": {"image": {"name": "localhost/no", "tag": "1", "pullPolicy": "Never"}}}}
    fleet.set_values(hub, {"jupyterhub": {"proxy": {**rolling["jupyterhub"]["proxy"], **broken["proxy"]}}})
    done = fleet.deploy(hub)

    assert done.returncode == 1
    assert done.stdout.split()[:3] == [hub, "rolled", "back"], done.stderr
    assert "ErrImageNeverPull" in done.stderr


def test_a_first_install_that_fails_stays_with_its_diagnosis(fleet: TestFleet) -> None:
    image = {
        "jupyterhub": {
            "hub": {"image": {"name": "localhost/no-such-image", "tag": "1", "pullPolicy": "Never"}}
        }
    }
    hub = fleet.add_hub(values=image)
    done = fleet.deploy(hub)
    assert done.returncode == 1
    assert done.stdout.split()[:2] == [hub, "failed"]
    assert "ErrImageNeverPull" in done.stderr
    assert "there is no good revision to go back to" in done.stderr
    assert len(fleet.statuses(hub)) == 1


def test_an_image_that_cannot_be_pulled_is_named(fleet: TestFleet) -> None:
    image = {"jupyterhub": {"hub": {"image": {"name": "127.0.0.1:9/no", "tag": "1", "pullPolicy": "Always"}}}}
    hub = fleet.add_hub(values=image)
    done = fleet.deploy(hub, "--timeout", "20", "--no-rollback")
    assert done.returncode == 1
    assert "127.0.0.1:9/no" in done.stderr
    assert "the image or its tag does not exist, or the registry wants credentials" in done.stderr


def test_an_unbound_volume_is_named(fleet: TestFleet) -> None:
    volume = {
        "jupyterhub": {"hub": {"db": {"type": "sqlite-pvc", "pvc": {"storageClassName": "no-such-class"}}}}
    }
    hub = fleet.add_hub(values=volume)
    done = fleet.deploy(hub, "--timeout", "10")
    assert done.returncode == 1
    assert "UnboundVolume" in done.stderr
    assert "describe persistentvolumeclaims" in done.stderr


def test_one_of_three_hubs_fails_and_the_others_are_deployed(fleet: TestFleet) -> None:
    good = [fleet.add_hub(name) for name in ("a", "c")]
    image = {"jupyterhub": {"hub": {"image": {"name": "localhost/no", "tag": "1", "pullPolicy": "Never"}}}}
    bad = fleet.add_hub("b", values=image)
    done = fleet.deploy("--skip-health-check")
    assert done.returncode == 1
    states = dict(line.split()[:2] for line in done.stdout.splitlines())
    assert states == {good[0]: "deployed", good[1]: "deployed", bad: "failed"}


def test_a_wrong_cluster_is_refused_before_any_write(fleet: TestFleet, state: Path, tmp_path: Path) -> None:
    hub = fleet.add_hub()
    copy = tmp_path / "state" / "local"
    copy.mkdir(parents=True)
    (copy / "kubeconfig").write_text((state / "local" / "kubeconfig").read_text())
    outputs = yaml.safe_load((state / "local" / "outputs.yaml").read_text())
    (copy / "outputs.yaml").write_text(yaml.safe_dump({**outputs, "uid": "another"}))

    done = fleet.deploy(hub, DEPLOYER_STATE=str(copy.parent))

    assert done.returncode == 1
    assert "wrong cluster" in done.stderr
    assert outputs["uid"] in done.stderr
    with pytest.raises(NotFound):
        fleet.api.get(f"/api/v1/namespaces/{hub}")


def test_a_cluster_that_cannot_be_reached_is_named(fleet: TestFleet, state: Path, tmp_path: Path) -> None:
    hub = fleet.add_hub()
    copy = tmp_path / "state" / "local"
    copy.mkdir(parents=True)
    config = yaml.safe_load((state / "local" / "kubeconfig").read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:9"
    (copy / "kubeconfig").write_text(yaml.safe_dump(config))
    done = fleet.deploy(hub, DEPLOYER_STATE=str(copy.parent))
    assert done.returncode == 1
    assert "cluster unreachable: https://127.0.0.1:9" in done.stderr
    assert "Connection refused" in done.stderr
