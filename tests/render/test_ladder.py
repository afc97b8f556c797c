"""Choices for servers: they fill nodes, and no more than that."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import DeployerError
from deployer.fleet.machines.allocatable import Room
from deployer.fleet.machines.table import GIB, MIB, machine, names
from deployer.render.ladder import STRATEGIES, Ladder, ladder, make_ladder

LARGE = tuple(name for name in names() if (found := machine(name)) and found.memory >= 8 * GIB)


def ladders() -> st.SearchStrategy[Ladder]:
    """Any ladder that can be asked for. No machine of these is too small for any of them."""
    return st.builds(
        make_ladder,
        st.sampled_from(LARGE),
        strategy=st.sampled_from(sorted(STRATEGIES)),
        choices=st.integers(1, 12),
        least=st.integers(1, 2 * GIB),
        spare=st.floats(0, 0.2),
        daemons=st.builds(Room, st.integers(0, 500), st.integers(0, GIB)),
    )


def test_a_node_is_halved() -> None:
    choices = ladder("n2-highmem-4", choices=2)
    selector = {"node.kubernetes.io/instance-type": "n2-highmem-4"}
    assert choices == {
        "mem_13_3": {
            "display_name": "13.3 GB RAM, up to 3.3 CPUs",
            "default": True,
            "kubespawner_override": {
                "mem_guarantee": "13668M",
                "mem_limit": "13668M",
                "cpu_guarantee": 1.692,
                "cpu_limit": 3.385,
                "node_selector": selector,
            },
        },
        "mem_26_6": {
            "display_name": "26.6 GB RAM, 3.3 CPUs",
            "kubespawner_override": {
                "mem_guarantee": "27336M",
                "mem_limit": "27336M",
                "cpu_guarantee": 3.385,
                "cpu_limit": 3.385,
                "node_selector": selector,
            },
        },
    }


def names_of(name: str, **wishes: Any) -> list[str]:
    return [choice["display_name"] for choice in ladder(name, **wishes).values()]


def test_a_node_is_divided() -> None:
    assert names_of("r5.xlarge", strategy="dividing", choices=5) == [
        "5.8 GB RAM, up to 3.6 CPUs",
        "7.2 GB RAM, up to 3.6 CPUs",
        "9.6 GB RAM, up to 3.6 CPUs",
        "14.5 GB RAM, up to 3.6 CPUs",
        "29 GB RAM, 3.6 CPUs",
    ]


def test_no_choice_is_smaller_than_asked_for() -> None:
    assert list(ladder("n2-highmem-4", choices=9, least=2 * GIB)) == [
        "mem_03_3",
        "mem_06_6",
        "mem_13_3",
        "mem_26_6",
    ]


def test_small_choices_are_in_megabytes() -> None:
    assert names_of("t3.medium", choices=9, least=100 * MIB) == [
        "661 MB RAM, up to 1.6 CPUs",
        "1.2 GB RAM, up to 1.6 CPUs",
        "2.5 GB RAM, 1.6 CPUs",
    ]


def test_gpus_are_not_shared_out_in_parts() -> None:
    """Where four servers have a GPU each, there is no choice for eight."""
    found = ladder("g4dn.12xlarge", choices=9)
    assert {key: each["kubespawner_override"]["extra_resource_limits"] for key, each in found.items()} == {
        "mem_045_2": {"nvidia.com/gpu": "1"},
        "mem_090_4": {"nvidia.com/gpu": "2"},
        "mem_180_8": {"nvidia.com/gpu": "4"},
    }
    assert names_of("g4dn.12xlarge")[:2] == [
        "45.2 GB RAM, up to 47 CPUs, 1 NVIDIA T4 GPU",
        "90.4 GB RAM, up to 47 CPUs, 2 NVIDIA T4 GPUs",
    ]


def test_gpus_may_be_attached_to_a_machine_that_has_none() -> None:
    assert names_of("n1-standard-8", gpus=1) == ["24.8 GB RAM, 7.3 CPUs, 1 GPU"]
    assert ladder("n1-standard-8", gpus=1)["mem_24_8"]["kubespawner_override"]["extra_resource_limits"] == {
        "nvidia.com/gpu": "1"
    }


def test_no_more_servers_than_pods_are_on_a_node() -> None:
    """Of 17 pods on a t3.medium ten may be daemons."""
    assert max(make_ladder("t3.medium", strategy="dividing", choices=99, least=1).shares) == 7
    assert max(make_ladder("r5.16xlarge", choices=99, pods=42).shares) == 32


def test_what_daemons_take_is_no_choice() -> None:
    plain = make_ladder("r5.xlarge", daemons=Room(0, 0), spare=0)
    assert plain.room == plain.allocatable
    assert make_ladder("r5.xlarge", daemons=Room(1000, GIB), spare=0).room == plain.room.less(Room(1000, GIB))


@given(ladders())
def test_a_node_holds_as_many_servers_as_a_choice_says(made: Ladder) -> None:
    """Beside the daemons, they fit; and less than a MiB and a thousandth for each is left over."""
    free = made.allocatable.less(made.daemons)
    for servers in made.shares:
        share = made.share(servers)
        assert share.memory * servers <= made.room.memory <= free.memory
        assert share.cpu * servers <= made.room.cpu <= free.cpu
        assert made.room.memory - share.memory * servers < servers * MIB
        assert made.room.cpu - share.cpu * servers < servers
        assert made.gpus % servers == 0 if made.gpus else True


@given(ladders())
def test_waste_is_what_is_kept_spare_and_little_more(made: Ladder) -> None:
    """At most the spare part and half a percent of a node with 8 GiB or more is given to nobody."""
    free = made.allocatable.less(made.daemons).memory
    for servers in made.shares:
        wasted = free - made.share(servers).memory * servers
        assert wasted <= free * made.spare + max(0.005 * free, servers * MIB)


@given(ladders(), st.data())
def test_parts_of_any_sizes_fit_together(made: Ladder, data: st.DataObject) -> None:
    """Whatever users choose, as long as their parts are no more than a node."""
    left = Fraction(1)
    used = Room(0, 0)
    while fitting := [servers for servers in made.shares if Fraction(1, servers) <= left]:
        servers = data.draw(st.sampled_from(fitting))
        left -= Fraction(1, servers)
        share = made.share(servers)
        used = Room(used.cpu + share.cpu, used.memory + share.memory)
    assert used.memory <= made.room.memory
    assert used.cpu <= made.room.cpu


@given(ladders())
def test_choices_are_in_the_order_of_their_keys(made: Ladder) -> None:
    """Helm sorts keys; what users see goes from small to large, and the smallest is the default."""
    choices = made.choices()
    assert list(choices) == sorted(choices)
    memory = [int(each["kubespawner_override"]["mem_limit"][:-1]) for each in choices.values()]
    assert memory == sorted(memory)
    assert [each.get("default", False) for each in choices.values()] == [True, *[False] * (len(choices) - 1)]
    assert len({each["display_name"] for each in choices.values()}) == len(choices)


def test_an_unknown_machine_is_an_error() -> None:
    with pytest.raises(DeployerError) as failure:
        ladder("n2-highmen-4")
    assert failure.value.message == "unknown machine type: n2-highmen-4"
    assert failure.value.hint == "did you mean `n2-highmem-4`?"


def test_a_machine_may_be_too_small() -> None:
    with pytest.raises(DeployerError) as failure:
        ladder("n2-highmem-4", least=64 * GIB)
    assert failure.value.message == (
        "no server of 64 GiB fits on `n2-highmem-4`: it has 26.7 GiB and 3.385 processors for servers"
    )
