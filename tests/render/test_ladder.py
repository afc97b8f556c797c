"""Sizes for servers: they fill nodes, and no more than that."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import DeployerError
from deployer.fleet.machines.allocatable import Room
from deployer.fleet.machines.table import GIB, MIB, machine, names
from deployer.render.ladder import STRATEGIES, Ladder, make_ladder

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
        daemons_cpu=st.floats(0, 0.5),
        daemons_memory=st.integers(0, GIB),
    )


def test_no_more_servers_than_pods_are_on_a_node() -> None:
    """Of 17 pods on a t3.medium ten may be daemons."""
    assert max(make_ladder("t3.medium", strategy="dividing", choices=99, least=1).shares) == 7
    assert max(make_ladder("r5.16xlarge", choices=99, pods=42).shares) == 32


def test_what_daemons_take_is_no_choice() -> None:
    plain = make_ladder("r5.xlarge", daemons_cpu=0, daemons_memory=0, spare=0)
    assert plain.room == plain.allocatable
    large = make_ladder("r5.xlarge", daemons_cpu=1, daemons_memory=GIB, spare=0)
    assert large.room == plain.room.less(Room(1000, GIB))


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


def test_an_unknown_machine_is_an_error() -> None:
    with pytest.raises(DeployerError) as failure:
        make_ladder("n2-highmen-4")
    assert failure.value.message == "unknown machine type: n2-highmen-4"
    assert failure.value.hint == "did you mean `n2-highmem-4`?"


def test_a_machine_may_be_too_small() -> None:
    with pytest.raises(DeployerError) as failure:
        make_ladder("n2-highmem-4", least=64 * GIB)
    assert failure.value.message == (
        "no server of 64 GiB fits on `n2-highmem-4`: it has 26.7 GiB and 3.385 processors for servers"
    )
