"""What nodes have for pods, held against formulas and against what real nodes report."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from deployer.fleet.machines.allocatable import TOLERANCE, Room, allocatable, at_most, seen
from deployer.fleet.machines.daemons import room_for_servers, usual_daemons
from deployer.fleet.machines.table import GIB, MIB, Machine, machine, names


class Reported(NamedTuple):
    """What nodes reported: processors, GiB of memory at least and at most, and the Kubernetes of the time."""

    name: str
    cpu: float
    least: float
    most: float
    kubernetes: str = "1.29"
    pods: int | None = None


# Read from nodes with kubectl, 2024 to 2026: github.com/2i2c-org/infrastructure, resource_allocation/
# instance_capacities.yaml, and node-capacity-info.json for n2-standard-*, n4-standard-16.
REPORTED = (
    Reported("n2-highmem-2", 1.93, 12.968, 12.975),
    Reported("n2-highmem-4", 3.92, 27.734, 27.738),
    Reported("n2-highmem-8", 7.91, 57.27, 57.27),
    Reported("n2-highmem-16", 15.89, 116.545, 116.551),
    Reported("n2-highmem-32", 31.85, 240.079, 240.079),
    Reported("n1-standard-2", 1.93, 5.479, 5.483),
    Reported("n1-standard-8", 7.91, 25.885, 25.888),
    Reported("n1-standard-16", 15.89, 53.567, 53.571),
    Reported("n1-standard-32", 31.85, 109.027, 109.027),
    Reported("n1-standard-64", 63.77, 224.448, 224.448),
    Reported("n2-standard-16", 15.89, 57.259, 57.259),
    Reported("n2-standard-64", 63.77, 240.059, 240.059),
    Reported("n4-standard-16", 15.89, 57.259, 57.259),
    Reported("r5.xlarge", 3.92, 29.916, 29.917),
    Reported("r5.2xlarge", 7.91, 61.041, 61.133),
    Reported("r5.4xlarge", 15.89, 121.492, 121.504),
    Reported("r5.16xlarge", 63.77, 490.108, 490.108),
    Reported("r7i.xlarge", 3.92, 29.847, 29.847),
    Reported("r7i.4xlarge", 15.89, 120.93, 120.93),
    Reported("m5.large", 1.93, 6.803, 6.885),
    Reported("m5.xlarge", 3.92, 14.202, 14.375),
    Reported("g4dn.xlarge", 3.92, 14.666, 14.675),
    Reported("g4dn.2xlarge", 7.91, 30.227, 30.227),
    Reported("Standard_E2_v4", 1.9, 13.321, 13.321, pods=110),
    Reported("Standard_E4s_v3", 3.86, 27.05, 27.062, kubernetes="1.28"),
    Reported("Standard_E8s_v3", 7.82, 56.594, 56.594, kubernetes="1.28"),
    Reported("Standard_E8s_v5", 7.82, 56.581, 56.581, kubernetes="1.28"),
)


def known(name: str) -> Machine:
    found = machine(name)
    assert found
    return found


@pytest.mark.parametrize("reported", REPORTED, ids=lambda each: each.name)
def test_real_nodes_have_what_is_computed(reported: Reported) -> None:
    """Processors exactly; memory at most 0.3 % less than computed, and less than 3 % more."""
    room = allocatable(known(reported.name), pods=reported.pods, kubernetes=reported.kubernetes)
    assert room.cpu == round(reported.cpu * 1000)
    assert room.memory <= reported.least * GIB * 1.003
    assert room.memory >= reported.most * GIB * (1 - TOLERANCE)


@pytest.mark.parametrize("reported", REPORTED, ids=lambda each: each.name)
def test_no_real_node_has_more_than_the_most(reported: Reported) -> None:
    most = at_most(known(reported.name), kubernetes=reported.kubernetes)
    assert most.memory >= reported.most * GIB
    assert most.cpu == round(reported.cpu * 1000)


def test_gke_keeps_by_steps() -> None:
    """For 255 GiB that a system sees: 1 + 0.8 + 0.8 + 6.72 GiB, 2 % of the rest, and 100 MiB."""
    found = known("n2-highmem-32")
    above = seen(found) - 128 * GIB
    kept = round((1 + 0.8 + 0.8 + 6.72) * GIB + 0.02 * above) + 100 * MIB
    assert abs(allocatable(found).memory - (seen(found) - kept)) <= 1


def test_gke_keeps_a_fixed_amount_of_very_small_machines() -> None:
    found = Machine(name="f1-micro", cloud="gcp", cpu=1, memory=614 * MIB)
    assert allocatable(found).memory == seen(found) - (255 + 100) * MIB


def test_gke_keeps_more_processors_for_more_pods_and_on_shared_machines() -> None:
    found = known("n2-highmem-4")
    assert [allocatable(found, pods=pods).cpu for pods in (110, 111)] == [3920, 3520]
    assert allocatable(known("e2-medium")).cpu == 940


def test_eks_keeps_by_pods() -> None:
    found = known("r5.xlarge")
    assert allocatable(found).memory == seen(found) - (255 + 11 * 58 + 100) * MIB
    assert allocatable(found, pods=110).memory == seen(found) - (255 + 11 * 110 + 100) * MIB


def test_aks_keeps_by_pods_up_to_a_quarter() -> None:
    """Microsoft's own examples: 650 MB of 8 GB for 30 pods, and a quarter of 4 GB for 70."""
    eight, four = known("Standard_D2s_v5"), known("Standard_B2s")
    assert allocatable(eight, pods=30).memory == seen(eight) - 650 * MIB - 100 * MIB
    assert allocatable(four, pods=70).memory == seen(four) - 1 * GIB - 100 * MIB
    assert allocatable(eight, pods=250, kubernetes="1.34").memory == seen(eight) - 2 * GIB - 100 * MIB


@pytest.mark.parametrize(
    ("cpu", "kept"), [(1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740)]
)
def test_aks_keeps_processors_as_published(cpu: int, kept: int) -> None:
    found = Machine(name="any", cloud="azure", cpu=cpu, memory=GIB)
    assert allocatable(found).cpu == cpu * 1000 - kept


@pytest.mark.parametrize("kubernetes", [None, "1.28", "1.34"])
def test_every_machine_has_some_room_and_less_than_is_sold(kubernetes: str | None) -> None:
    for name in names():
        found = known(name)
        room, most = allocatable(found, kubernetes=kubernetes), at_most(found, kubernetes=kubernetes)
        assert 0 < room.cpu <= most.cpu <= found.cpu * 1000
        assert 0 <= room.memory <= most.memory < found.memory


def test_servers_get_what_daemons_and_spare_leave() -> None:
    assert room_for_servers(Room(4000, 32 * GIB), Room(1000, 2 * GIB), 0.1) == Room(2700, 27 * GIB)
    assert room_for_servers(Room(500, GIB), Room(1000, 2 * GIB)) == Room(0, 0)


@pytest.mark.parametrize(
    ("name", "cpu", "mib"),
    [("n2-highmem-4", 472, 774), ("r5.2xlarge", 225, 328), ("Standard_E8s_v5", 226, 300)],
)
def test_usual_daemons_take_no_less_than_was_recorded(name: str, cpu: int, mib: int) -> None:
    daemons = usual_daemons(known(name))
    assert daemons.cpu >= cpu
    assert daemons.memory >= mib * MIB
