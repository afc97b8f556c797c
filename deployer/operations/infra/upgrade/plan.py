"""The steps from the versions that run to the one that is wanted. Pure: nothing is asked, nothing is done.

The control plane goes first, one minor version at a time, for no cloud skips any. Nodes may stay behind for
some versions, so each pool is changed once where that is enough.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from deployer.errors import DeployerError
from deployer.operations.infra.running import Group, number, successor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.operations.infra.running import Running

Kind = Literal["control plane", "roll", "make", "retire"]

_BEHIND = {"aws": 3, "azure": 2, "gcp": 2}
"""By how many minor versions nodes may be older than the control plane, as each cloud says."""
OF_PEOPLE = frozenset({"dask", "gpu", "notebooks"})
"""The groups of pools on whose nodes people work."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change. `roll` is of nodes one after the other, `make` of new ones beside old ones, which `retire`.

    `group` is the key of the nodes that are changed, made or taken away.
    """

    kind: Kind
    before: str
    after: str
    pool: str | None = None
    group: str | None = None

    def then(self, now: Running) -> Running:
        """Return what runs when the step is done."""
        match self.kind:
            case "control plane":
                return replace(now, control_plane=self.after, asked=self.after)
            case "roll":
                rolled = (
                    replace(each, version=self.after) if each.key == self.group else each
                    for each in now.groups
                )
                return replace(now, groups=tuple(rolled))
            case "make":
                made = Group(key=self.group or "", pool=self.pool or "", version=self.after)
                return replace(now, groups=(*now.groups, made))
            case "retire":
                return replace(now, groups=tuple(each for each in now.groups if each.key != self.group))

    def __str__(self) -> str:
        match self.kind:
            case "control plane":
                return f"control plane: {self.before} to {self.after}, with its add-ons"
            case "roll":
                return f"nodes of {self.pool}: {self.before} to {self.after}, one after the other"
            case "make":
                return f"nodes of {self.pool}: new ones with {self.after}, beside those with {self.before}"
            case "retire":
                return f"nodes of {self.pool}: those with {self.before} take nobody new, and go when empty"

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "kind": self.kind,
            "pool": self.pool,
            "group": self.group,
            "from": self.before,
            "to": self.after,
        }


@dataclass(frozen=True, kw_only=True)
class Path:
    """The steps to a version. `waits` are pools that the cloud has to bring on by itself after them."""

    steps: tuple[Step, ...]
    waits: tuple[str, ...] = ()


def path(now: Running, goal: str, pools: Mapping[str, str]) -> Path:
    """Return the steps to `goal`, a minor version; `pools` are those declared, with the kind of each.

    Raises:
        DeployerError: the version is older than the one that runs, or nodes are newer than the control plane.
    """
    _refuse_what_goes_back(now, goal)
    steps: list[Step] = []

    def take(more: Iterator[Step]) -> None:
        nonlocal now
        for step in more:
            steps.append(step)
            now = step.then(now)

    take(_what_is_begun(now, pools))
    while number(now.control_plane) < number(goal):
        after = f"1.{number(now.control_plane) + 1}"
        late = [each.pool for each in now.groups if number(after) - number(each.version) > _BEHIND[now.cloud]]
        if late and now.cloud == "gcp":
            return Path(steps=tuple(steps), waits=tuple(dict.fromkeys(late)))
        if late:
            take(_nodes(now, pools))
        take(iter([Step(kind="control plane", before=now.control_plane, after=after)]))
    take(_nodes(now, pools))
    return Path(steps=tuple(steps))


def _refuse_what_goes_back(now: Running, goal: str) -> None:
    newest = max((number(each.version) for each in now.groups), default=0)
    if newest > number(now.control_plane):
        raise DeployerError(
            f"nodes have Kubernetes 1.{newest}, and the control plane {now.control_plane}",
            hint="nodes must not be newer: bring the control plane on with the means of your cloud first",
        )
    if number(goal) < number(now.control_plane):
        raise DeployerError(
            f"Kubernetes {now.control_plane} runs, and no cloud goes back to {goal}",
            hint=f"say `--to {now.control_plane}`, or a newer one: it is written into cluster.yaml too",
        )


def _what_is_begun(now: Running, pools: Mapping[str, str]) -> Iterator[Step]:
    """Yield what an earlier upgrade left: old nodes whose successors are there."""
    for pool in _in_order(pools):
        *old, newest = now.of(pool) or (None,)
        for each in old:
            if each and newest:
                yield _retire(each, newest.version)


def _nodes(now: Running, pools: Mapping[str, str]) -> Iterator[Step]:
    """Yield what brings all nodes to the version of the control plane."""
    goal = now.control_plane
    for pool in _in_order(pools) if now.cloud != "gcp" else ():
        for each in now.of(pool):
            if each.version == goal:
                continue
            if now.cloud != "aws" or pools[pool] not in OF_PEOPLE:
                yield Step(kind="roll", pool=pool, group=each.key, before=each.version, after=goal)
                continue
            new = successor(pool, goal)
            yield Step(kind="make", pool=pool, group=new, before=each.version, after=goal)
            yield _retire(each, goal)


def _retire(group: Group, after: str) -> Step:
    return Step(kind="retire", pool=group.pool, group=group.key, before=group.version, after=after)


def _in_order(pools: Mapping[str, str]) -> list[str]:
    """Return the names of pools, first those that hubs themselves run on: a mishap costs least there."""
    return sorted(pools, key=lambda pool: pools[pool] in OF_PEOPLE)
