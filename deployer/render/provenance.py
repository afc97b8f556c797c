"""Where values come from: which layer said what, what of it counts, and what it took the place of.

Encrypted scalars are `Unknown` here, never placeholders: an explanation must not show what nobody said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from deployer.fleet.documents import Document
    from deployer.fleet.positions import KeyPath

Kind = Literal["package", "chart", "computed", "preset", "feature", "file", "encrypted file"]
Effect = Literal["counts", "counts in part", "overridden"]
Tree = dict[str, "Tree | Leaf"]
"""Values in which each leaf knows its layer."""


class Unknown(Enum):
    """A value that only a key would tell."""

    ENCRYPTED = "unknown (encrypted)"
    FOLLOWS = "unknown (follows an encrypted value)"


@dataclass(frozen=True, kw_only=True, eq=False)
class Origin:
    """One layer of a hub's values. A package's `name` has its version.

    The document holds what is `inside` that path of the values, and its file has the document at `place`. A
    `shipped` file comes with the program and is not in the fleet. A computed layer has a `function` that says
    `about` itself what it does; that of a feature says where the feature is asked for.
    """

    kind: Kind
    name: str
    values: Mapping[str, Any] = field(repr=False)
    document: Document | None = field(default=None, repr=False)
    inside: KeyPath = ()
    place: KeyPath = ()
    shipped: bool = False
    function: str = ""
    about: str = ""

    @property
    def default(self) -> bool:
        """Whether it belongs to the chart, so that every hub has it."""
        return self.kind in ("package", "chart")

    @property
    def file(self) -> str | None:
        """The name of the layer's file: below the fleet's root, or below the program's for a shipped one."""
        if self.document is None:
            return None
        return (
            f"presets/{self.document.path.name}"
            if self.shipped and self.kind == "preset"
            else self.document.name
        )

    def in_file(self, at: KeyPath) -> KeyPath:
        """Return where the layer's file has a path of the values."""
        return (*self.place, *at[len(self.inside) :])

    def line(self, at: KeyPath) -> int | None:
        """Return the line of a path in the layer's file, when it has one."""
        return self.document.mark(at[len(self.inside) :]).line if self.document else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Leaf:
    """A scalar, a list, a null or an empty map, and what it took the place of in weaker layers."""

    origin: Origin
    value: Any
    below: Tree | Leaf | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Saying:
    """What a layer says about a path.

    `at` is the path, or as much of it as the layer has: a null or a scalar there ends all that is below.
    """

    origin: Origin
    at: KeyPath
    value: Any
    effect: Effect

    @property
    def line(self) -> int | None:
        """The line in the layer's file."""
        return self.origin.line(self.at)


def tree(origins: Iterable[Origin]) -> Tree:
    """Return what layers make together, weakest first. A null stays, as a leaf."""
    merged: Tree = {}
    for origin in origins:
        add(merged, origin)
    return merged


def add(merged: Tree, origin: Origin) -> None:
    """Merge a layer over a tree, in place."""
    _add(merged, origin, origin.values)


def find(merged: Tree, at: KeyPath) -> Tree | Leaf | None:
    """Return what a tree has at a path; an item of a list is a leaf with the list's layer."""
    found: Tree | Leaf | None = merged
    for depth, key in enumerate(at):
        if isinstance(found, Leaf):
            reached, value = reach(found.value, at[depth:])
            return Leaf(origin=found.origin, value=value) if reached == len(at) - depth else None
        found = found.get(str(key)) if found is not None else None
    return found


def leaves(merged: Tree | Leaf | None, at: KeyPath = ()) -> Iterator[tuple[KeyPath, Leaf]]:
    """Yield each leaf of a tree with its path."""
    if isinstance(merged, Leaf):
        yield at, merged
    for key, below in merged.items() if isinstance(merged, dict) else ():
        yield from leaves(below, (*at, key))


def leaves_of(values: Any, at: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield each leaf of plain values with its path; an empty map is one itself."""
    if isinstance(values, Mapping) and values:
        for key, value in values.items():
            yield from leaves_of(value, (*at, key))
    else:
        yield at, values


def plain(merged: Tree | Leaf | None) -> Any:
    """Return the values of a tree as the charts see them: without the keys that are null."""
    if isinstance(merged, dict):
        below = {key: plain(each) for key, each in merged.items()}
        return {key: value for key, value in below.items() if value is not None}
    return merged.value if merged else None


def sayings(origins: Sequence[Origin], at: KeyPath) -> tuple[Saying, ...]:
    """Return what each layer says about a path, weakest first."""
    said = [(origin, *reach(origin.values, at)) for origin in origins]
    relevant = [each for each in said if each[1] == len(at) or not isinstance(each[2], Mapping)]
    return tuple(
        Saying(
            origin=origin,
            at=at[:depth],
            value=value,
            effect=_effect(value, [each[2] for each in relevant[place + 1 :]], weaker=place > 0),
        )
        for place, (origin, depth, value) in enumerate(relevant)
    )


def reach(values: Any, at: KeyPath) -> tuple[int, Any]:
    """Return how many steps of a path exist in values, and what is there."""
    for depth, key in enumerate(at):
        there = (isinstance(values, Mapping) and key in values) or (
            isinstance(values, list) and isinstance(key, int) and key < len(values)
        )
        if not there:
            return depth, values
        values = values[key]
    return len(at), values


def same(one: Any, other: Any) -> bool:
    """Say whether two values are equal and of equal types: `1` is neither `true` nor `1.0`."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _add(merged: Tree, origin: Origin, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        below = merged.get(key)
        if isinstance(value, Mapping) and (value or isinstance(below, dict)):
            inner: Tree = below if isinstance(below, dict) else {}
            merged[key] = inner
            _add(inner, origin, value)
        else:
            merged[key] = Leaf(origin=origin, value=value, below=below)


def _effect(value: Any, stronger: Sequence[Any], *, weaker: bool) -> Effect:
    """Return what is left of a saying under the stronger ones about the same path."""
    if not all(isinstance(each, Mapping) for each in stronger):
        return "overridden"
    if not isinstance(value, Mapping):
        # A map that comes later does not bring back what this one took away.
        return "counts" if not stronger else "counts in part" if weaker else "overridden"
    over: Tree = {}
    for each in stronger:
        add(over, Origin(kind="file", name="", values=each))
    kept = [not _meets(over, at) for at, _ in leaves_of(value)]
    return "counts" if all(kept) else "counts in part" if any(kept) else "overridden"


def _meets(merged: Tree, at: KeyPath) -> bool:
    """Say whether a tree has anything at a path, or a leaf above it."""
    found: Tree | Leaf | None = merged
    for key in at:
        if not isinstance(found, dict):
            break
        found = found.get(str(key))
    return bool(merged) and found is not None
