"""Deploys that go wrong: each fault ends in a clear error, the right exit code, and nothing half-done."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.tools.kubernetes import NotFound
from tests.cluster.conftest import wait_for

if TYPE_CHECKING:
    import subprocess

    from tests.cluster.conftest import TestFleet

pytestmark = pytest.mark.cluster

CRASH = {"jupyterhub": {"hub": {"extraConfig": {"broken": "raise RuntimeError('marker of the crash')"}}}}


def touched(value: str) -> dict[str, Any]:
    """Values whose change makes the hub start anew."""
    return {"jupyterhub": {"hub": {"extraEnv": {"TOUCHED": value}}}}


def hub_environment(fleet: TestFleet, hub: str) -> dict[str, str | None]:
    deployment = fleet.api.get(f"/apis/apps/v1/namespaces/{hub}/deployments/hub")
    (container, *_rest) = deployment["spec"]["template"]["spec"]["containers"]
    return {entry["name"]: entry.get("value") for entry in container["env"]}


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_deploy_that_is_interrupted_leaves_nothing_pending(
    fleet: TestFleet, number: signal.Signals
) -> None:
    hub = fleet.add_hub(values=CRASH)
    with fleet.start("deploy", "test", hub) as process:
        heard_until(process, f"{hub}: roll out ...")
        err = interrupted(process, number)
    assert "interrupted at revision 1" in err
    assert fleet.lease(hub)["spec"].get("holderIdentity", "") == ""
    assert fleet.statuses(hub) == ["deployed"]

    fleet.set_values(hub, {})
    assert fleet.deployed(hub)["revision"] == 2


def test_a_deploy_that_is_interrupted_within_helm_can_be_repeated(fleet: TestFleet) -> None:
    hub = fleet.add_hub()
    assert fleet.deployed(hub)["revision"] == 1

    fleet.set_values(hub, touched("interrupted"))
    with fleet.start("deploy", "test", hub) as process:
        wait_for(lambda: fleet.statuses(hub)[-1] == "pending-upgrade", "helm is at work", every=0.001)
        err = interrupted(process)
    assert "interrupted at revision 2" in err
    assert "the last good one is 1; deploy again to finish" in err
    assert fleet.lease(hub)["spec"].get("holderIdentity", "") == ""

    assert fleet.deployed(hub)["revision"] == 3
    assert hub_environment(fleet, hub)["TOUCHED"] == "interrupted"


def test_a_rollback_that_is_interrupted_can_be_finished_by_the_next_deploy(fleet: TestFleet) -> None:
    hub = fleet.add_hub(values=touched("good"))
    assert fleet.deployed(hub)["revision"] == 1

    fleet.set_values(hub, CRASH)
    with fleet.start("deploy", "test", hub, "--timeout", "150") as process:
        heard_until(process, f"{hub}: roll back to revision 1 ...")
        err = interrupted(process)
    assert "the last good one is 1; deploy again to finish" in err
    assert fleet.lease(hub)["spec"].get("holderIdentity", "") == ""

    fleet.set_values(hub, touched("mended"))
    assert fleet.deployed(hub)["revision"] >= 3
    assert hub_environment(fleet, hub)["TOUCHED"] == "mended"


def test_a_deploy_that_is_killed_within_helm_is_mended_by_the_next(fleet: TestFleet) -> None:
    hub = fleet.add_hub()
    assert fleet.deployed(hub)["revision"] == 1

    fleet.set_values(hub, touched("killed"))
    with fleet.start("deploy", "test", hub) as process:
        wait_for(lambda: fleet.statuses(hub)[-1] == "pending-upgrade", "helm is at work", every=0.001)
        kill_with_children(process.pid)
        process.wait()
    assert fleet.statuses(hub) == ["deployed", "pending-upgrade"]
    assert fleet.lease(hub)["spec"]["holderIdentity"]

    done = fleet.deploy(hub)
    assert done.returncode == 0, done.stderr
    assert f"{hub}: took over the dead Lease of" in done.stderr
    assert "revision 2 was left pending-upgrade by a killed deploy: marked it failed" in done.stderr
    assert fleet.statuses(hub) == ["superseded", "failed", "deployed"]
    assert hub_environment(fleet, hub)["TOUCHED"] == "killed"


def test_two_deploys_of_one_hub_take_turns(fleet: TestFleet) -> None:
    hub = fleet.add_hub()
    results: list[subprocess.CompletedProcess[str]] = []
    threads = [threading.Thread(target=lambda: results.append(fleet.deploy(hub))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [done.returncode for done in results] == [0, 0], [done.stderr for done in results]
    assert sum(f"{hub}: waiting: " in done.stderr for done in results) == 1
    assert fleet.statuses(hub) == ["superseded", "deployed"]


def test_who_holds_the_lease_is_said_when_there_is_no_time_to_wait(fleet: TestFleet) -> None:
    hub = fleet.add_hub(values=CRASH)
    with fleet.start("deploy", "test", hub) as process:
        heard_until(process, f"{hub}: roll out ...")
        done = fleet.deploy(hub, "--wait", "0")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
    assert done.returncode == 1
    assert f"pid {process.pid} " in done.stderr
    assert "is at work on this hub since 20" in done.stderr


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


def heard_until(process: subprocess.Popen[str], text: str) -> None:
    """Read what a deploy says until it says a text."""
    assert process.stderr
    said = []
    for line in process.stderr:
        said.append(line)
        if text in line:
            return
    pytest.fail(f"it never said {text!r} but:\n{''.join(said)}")


def interrupted(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> str:
    """Interrupt a deploy, and return what it says then; it must end in order."""
    process.send_signal(number)
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    return err


def kill_with_children(pid: int) -> None:
    """Kill a process and what it started, as a machine that loses power would; children first."""
    children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _children(task)]
    os.kill(pid, signal.SIGSTOP)
    for child in children:
        os.kill(child, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)


def _children(task: Path) -> list[str]:
    return (task / "children").read_text().split()
