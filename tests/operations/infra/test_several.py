"""Several clusters at a time, with a real OpenTofu or Terraform for each."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from deployer.operations.infra.several import bound, here
from tests.operations.infra.fleets import PATIENCE, SLOW, needs_terraform, wait_for

if TYPE_CHECKING:
    from tests.operations.infra.fleets import Fleet

MEMORY = 700 * 1024**2
two_at_a_time = pytest.mark.skipif(here() < 2, reason="this machine has no room for two at a time")


@pytest.mark.parametrize(
    ("cores", "memory", "expected"),
    [(8, 100 * MEMORY, 8), (8, 3 * MEMORY, 3), (8, 3 * MEMORY - 1, 2), (1, 9 * MEMORY, 1), (4, 1, 1)],
)
def test_no_more_at_a_time_than_the_machine_carries(cores: int, memory: int, expected: int) -> None:
    assert bound(cores, memory) == expected


@pytest.mark.integration
@needs_terraform
def test_one_that_fails_stops_no_other(fleet: Fleet) -> None:
    andes = fleet.another("andes")
    bad = fleet.another("bad")
    bad.change("node_pools:", "node_polls:")
    plain = fleet.another("plain")
    path = plain.directory / "cluster.yaml"
    text = path.read_text()
    path.write_text(text[: text.index("infrastructure:")] + "hubs: []\n")
    done = fleet.run("apply", "--all", "--yes")
    assert done.returncode == 1
    assert "unknown key `infrastructure.node_polls`" in done.stderr
    assert "alps: create   terraform_data.network" in done.stdout
    table = [line.split()[:2] for line in done.stderr.splitlines()[-3:]]
    assert table == [["alps", "applied"], ["andes", "applied"], ["bad", "failed"]]
    assert [each.state["outputs"]["cluster"]["value"]["name"] for each in (fleet, andes)] == ["alps", "andes"]
    assert (andes.directory / "outputs.yaml").exists()

    # `plain` is not built by us: who names it is told, and `--all` does not mean it.
    named = json.loads(fleet.run("plan", "alps", "plain", "--output", "json").stdout)
    assert [(each["cluster"], each["state"]) for each in named["clusters"]] == [
        ("alps", "unchanged"),
        ("plain", "failed"),
    ]
    assert "has no `infrastructure`" in named["clusters"][1]["error"]


@pytest.mark.integration
@needs_terraform
def test_one_that_is_stopped_stops_no_other_and_is_told_by_the_exit_code(fleet: Fleet) -> None:
    andes = fleet.another("andes")
    fleet.well("apply", "--all", "--yes", "--parallel", "1", guarded=True)
    fleet.change("r6i.large", "r6i.xlarge")
    andes.change(
        "core: {machine: r6i.large}", "core: {machine: r6i.large}\n    dask: {new: {machine: r6i.large}}"
    )
    before = fleet.state
    planned = fleet.run("plan", "--all", guarded=True)
    assert planned.returncode == 3
    assert [line.split()[1] for line in planned.stderr.splitlines()[-2:]] == ["stopped", "planned"]
    done = fleet.run("apply", "--all", "--yes", "--output", "json", guarded=True)
    assert done.returncode == 3
    told = {each["cluster"]: each for each in json.loads(done.stdout)["clusters"]}
    assert (told["alps"]["state"], told["andes"]["state"]) == ("stopped", "applied")
    assert told["alps"]["protected"] == ['terraform_data.pool["core"]']
    assert told["andes"]["outputs"].endswith("andes/outputs.yaml")
    assert fleet.state == before


@pytest.mark.integration
@needs_terraform
def test_nobody_is_asked_for_several_where_nobody_is(fleet: Fleet) -> None:
    fleet.another("andes")
    done = fleet.run("apply", "alps", "andes")
    assert (done.returncode, "nobody is there to ask whether to go on" in done.stderr) == (1, True)
    assert not (fleet.work / "terraform.tfstate").exists()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name clusters, or say `--all`"),
        (("alps", "--all"), "name clusters, or say `--all`"),
        (("--all", "--allow-destroy", "x.y"), "`--allow-destroy` is for one cluster"),
    ],
)
def test_what_is_meant_has_to_be_plain(fleet: Fleet, arguments: tuple[str, ...], message: str) -> None:
    done = fleet.run("plan", *arguments)
    assert (done.returncode, message in done.stderr) == (2, True)


@pytest.mark.integration
@needs_terraform
@two_at_a_time
def test_one_interrupt_reaches_each_terraform_once(fleet: Fleet) -> None:
    andes = fleet.another("andes")
    fleet.add_to_module(SLOW)
    process = fleet.begin("apply", "--all", "--yes", "--parallel", "2")
    try:
        for each in (fleet, andes):
            wait_for(each.work / "begun", process)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    for each in (fleet, andes):
        # A second one would have ended it before it wrote the state, or freed its lock.
        assert "slow" in {resource["name"] for resource in each.state["resources"]}
        assert not (each.work / ".terraform.tfstate.lock.info").exists()


@pytest.mark.integration
@needs_terraform
@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 130)])
def test_somebody_is_asked_once_for_all(fleet: Fleet, answer: str, status: int) -> None:
    andes = fleet.another("andes")
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer.encode())
        done = subprocess.run(
            fleet.argv("apply", "--all"),
            env=fleet.environ,
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == status, done.stderr
    assert done.stderr.count("do this to ") == 1
    assert "do this to alps, andes?" in done.stderr
    assert [(each.work / "terraform.tfstate").exists() for each in (fleet, andes)] == [status == 0] * 2


@pytest.mark.integration
@needs_terraform
@two_at_a_time
def test_each_ends_its_work_alone_when_the_program_is_killed(fleet: Fleet) -> None:
    """Linux would ask each Terraform to stop once for every thread of ours: that is once too often."""
    andes = fleet.another("andes")
    fleet.add_to_module(SLOW.replace("sleep 30", "sleep 3"))
    process = fleet.begin("apply", "--all", "--yes", "--parallel", "2")
    try:
        for each in (fleet, andes):
            wait_for(each.work / "begun", process)
    finally:
        process.kill()
        process.wait()
    ends = time.monotonic() + PATIENCE
    for each in (fleet, andes):
        while (each.work / ".terraform.tfstate.lock.info").exists():
            assert time.monotonic() < ends
            time.sleep(0.1)
        made = {resource["name"]: resource["instances"] for resource in each.state["resources"]}
        assert made.keys() == {"network", "pool", "slow"}
        assert "status" not in made["slow"][0]  # not half made
