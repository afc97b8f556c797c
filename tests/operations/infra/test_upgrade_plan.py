"""The steps from what runs to what is wanted, by the rules of each cloud."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.errors import DeployerError
from deployer.operations.infra.running import Group, Running, number
from deployer.operations.infra.upgrade.plan import Path, Step, path

POOLS = {"small": "notebooks", "core": "core", "work": "dask"}
BEHIND = {"aws": 3, "azure": 2, "gcp": 2}


def runs(cloud: str, control_plane: str, **versions: str) -> Running:
    groups = tuple(Group(key=pool, pool=pool, version=version) for pool, version in versions.items())
    return Running(cloud=cloud, control_plane=control_plane, asked=control_plane, groups=groups)


def said(way: Path) -> list[str]:
    return [
        f"{step.kind} {step.group or ''} {step.before} {step.after}".replace("  ", " ") for step in way.steps
    ]


def after(now: Running, way: Path) -> Running:
    """Take all steps, and hold every moment of them against the rules."""
    for step in way.steps:
        then = step.then(now)
        assert number(then.control_plane) - number(now.control_plane) in (0, 1)
        for group in then.groups:
            assert 0 <= number(then.control_plane) - number(group.version) <= BEHIND[now.cloud]
        for pool in POOLS:
            assert 1 <= len(then.of(pool)) <= 2
        now = then
    return now


def test_eks_control_plane_first_then_each_pool_once() -> None:
    now = runs("aws", "1.32", small="1.32", core="1.32", work="1.32")
    way = path(now, "1.34", POOLS)
    assert said(way) == [
        "control plane 1.32 1.33",
        "control plane 1.33 1.34",
        "roll core 1.32 1.34",
        "make small-1-34 1.32 1.34",
        "retire small 1.32 1.34",
        "make work-1-34 1.32 1.34",
        "retire work 1.32 1.34",
    ]
    done = after(now, way)
    assert {group.key: group.version for group in done.groups} == {
        "core": "1.34",
        "small-1-34": "1.34",
        "work-1-34": "1.34",
    }


def test_nodes_follow_before_they_are_too_old() -> None:
    now = runs("aws", "1.30", core="1.29", small="1.30", work="1.30")
    way = path(now, "1.35", POOLS)
    assert said(way)[:4] == [
        "control plane 1.30 1.31",
        "control plane 1.31 1.32",
        "roll core 1.29 1.32",
        "make small-1-32 1.30 1.32",
    ]
    done = after(now, way)
    assert done.control_plane == "1.35"
    assert {group.version for group in done.groups} == {"1.35"}
    assert {group.key for group in done.groups} == {"core", "small-1-35", "work-1-35"}


def test_aks_changes_nodes_in_place() -> None:
    now = runs("azure", "1.32", core="1.32", small="1.32", work="1.32")
    way = path(now, "1.33", POOLS)
    assert said(way) == [
        "control plane 1.32 1.33",
        "roll core 1.32 1.33",
        "roll small 1.32 1.33",
        "roll work 1.32 1.33",
    ]
    assert {group.key for group in after(now, way).groups} == set(POOLS)


def test_gke_brings_nodes_on_by_itself_and_the_control_plane_waits_for_them() -> None:
    now = runs("gcp", "1.32", core="1.31", small="1.32", work="1.32")
    way = path(now, "1.35", POOLS)
    assert said(way) == ["control plane 1.32 1.33"]
    assert way.waits == ("core",)
    assert path(after(now, way), "1.33", POOLS) == Path(steps=())


@pytest.mark.parametrize("cloud", ["aws", "azure"])
@pytest.mark.parametrize("taken", range(12))
def test_whoever_stops_after_any_step_gets_there_all_the_same(cloud: str, taken: int) -> None:
    now = runs(cloud, "1.31", core="1.30", small="1.31", work="1.29")
    whole = path(now, "1.34", POOLS)
    half = after(now, replace(whole, steps=whole.steps[:taken]))
    rest = path(half, "1.34", POOLS)
    assert rest.steps == whole.steps[taken:]
    done = after(half, rest)
    assert (done.control_plane, {group.version for group in done.groups}) == ("1.34", {"1.34"})


def test_what_an_earlier_upgrade_left_is_finished_first() -> None:
    now = runs("aws", "1.33", core="1.33", small="1.32", work="1.33")
    made = Group(key="small-1-33", pool="small", version="1.33")
    now = replace(now, groups=(*now.groups, made))
    assert said(path(now, "1.34", POOLS))[:3] == [
        "retire small 1.32 1.33",
        "control plane 1.33 1.34",
        "roll core 1.33 1.34",
    ]


def test_nothing_is_left_to_do() -> None:
    assert path(runs("aws", "1.34", core="1.34", small="1.34"), "1.34", POOLS) == Path(steps=())


def test_a_pool_that_is_not_built_yet_needs_no_step() -> None:
    way = path(runs("aws", "1.33", core="1.33"), "1.34", POOLS)
    assert said(way) == ["control plane 1.33 1.34", "roll core 1.33 1.34"]


def test_no_cloud_goes_back() -> None:
    with pytest.raises(DeployerError, match=r"^Kubernetes 1\.34 runs, and no cloud goes back to 1\.33$"):
        path(runs("aws", "1.34", core="1.33"), "1.33", POOLS)


def test_nodes_are_never_newer_than_the_control_plane() -> None:
    with pytest.raises(DeployerError, match=r"^nodes have Kubernetes 1\.34, and the control plane 1\.33$"):
        path(runs("aws", "1.33", core="1.34"), "1.34", POOLS)


def test_steps_say_what_is_done() -> None:
    assert str(Step(kind="roll", pool="core", group="core", before="1.32", after="1.34")) == (
        "nodes of core: 1.32 to 1.34, one after the other"
    )
