"""What a limit is, and the few shapes that most of them have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.positions import KeyPath

INFRASTRUCTURE = "infrastructure"


class Limit(NamedTuple):
    """Something that a cloud would refuse: at a path of cluster.yaml, why, and what to write instead."""

    at: KeyPath
    message: str
    hint: str

    def __str__(self) -> str:
        """Return it as one line says it."""
        return f"{self.message}; {self.hint}"


class Name(NamedTuple):
    """What a cloud takes as the name of a kind of thing, in characters and in words."""

    shortest: int
    longest: int
    pattern: re.Pattern[str]
    wanted: str


def named(at: KeyPath, what: str, name: str, cloud: str, taken: Name) -> Iterator[Limit]:
    """Yield what is wrong with a name that a thing gets in its cloud."""
    if not taken.shortest <= len(name) <= taken.longest:
        message = f"{what} {name}: that name has {len(name)} characters"
        yield Limit(
            at,
            f"{message}; {cloud} takes {taken.shortest} to {taken.longest}",
            "the cluster's name in the fleet and the thing's own are parts of it: change one",
        )
    elif not taken.pattern.fullmatch(name):
        yield Limit(at, f"{what} {name}: no name on {cloud}", f"it has to have {taken.wanted}")


def at(*keys: str | int) -> KeyPath:
    """Return the path of something in the `infrastructure` block."""
    return (INFRASTRUCTURE, *keys)


def zones(asked: Mapping[str, Any]) -> Sequence[str]:
    """Return the zones that a cluster asks for, none when it leaves them open."""
    found: Sequence[str] = asked.get("zones", [])
    return found


def zones_said(asked: Mapping[str, Any], declared: Sequence[Any]) -> Iterator[tuple[KeyPath, str, str]]:
    """Yield each zone that is named anywhere: its path, what is to be there, and the zone."""
    for index, zone in enumerate(zones(asked)):
        yield at("zones", index), "", zone
    for pool in declared:
        for index, zone in enumerate(pool.declared.get("zones") or ()):
            yield (*pool.at, "zones", index), f"node pool {pool.name}: ", zone
    for index, storage in enumerate(asked.get("home_storage", [])):
        if "zone" in storage:
            yield at("home_storage", index, "zone"), f"home storage {storage['name']}: ", storage["zone"]
