"""Deploys that fall into each other's way or are stopped: nothing is half-done, and the next one goes on."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.values import CRASH, hub_environment, touched
from tests.waiting import wait_for

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.cluster.conftest import TestFleet

pytestmark = pytest.mark.cluster


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
    with upgrading(fleet, hub, touched("interrupted")) as process:
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
    with upgrading(fleet, hub, touched("killed")) as process:
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
    assert f"is at work on {hub} since 20" in done.stderr


@contextmanager
def upgrading(fleet: TestFleet, hub: str, values: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """A deploy of these values over a good revision, from the moment that Helm is at work."""
    assert fleet.deployed(hub)["revision"] == 1
    fleet.set_values(hub, values)
    with fleet.start("deploy", "test", hub) as process:
        wait_for(lambda: fleet.statuses(hub)[-1] == "pending-upgrade", "helm is at work", every=0.001)
        yield process


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
