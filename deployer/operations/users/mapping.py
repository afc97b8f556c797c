"""Who would be called what, and what speaks against it.

Nobody may be lost and no two may share anything: each user ends up under one name that nobody else has or
had, with a directory and a pod of their own. Chains (a becomes b, b becomes c) are refused for that reason:
half of one carried out could not be told from the whole.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from deployer.tools.kubespawner import escaped, safe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from deployer.operations.users.translation import Translation

_Value = TypeVar("_Value")
_LONGEST = 255
"""Characters that JupyterHub's database has for a name, and bytes that a directory's may have."""


@dataclass(frozen=True, kw_only=True, order=True)
class Pair:
    """One user who gets another name."""

    old: str
    new: str


@dataclass(frozen=True, kw_only=True, order=True)
class Obstacle:
    """Why users cannot be called so. `kind` is one word, `users` are the old names of those it is about."""

    kind: str
    message: str
    users: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NameMap:
    """What becomes of every user of a hub. `unknown` are names of the table that no user has."""

    pairs: tuple[Pair, ...]
    unchanged: tuple[str, ...] = ()
    not_in_table: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    present: frozenset[str] = frozenset()
    """The names that users of the hub have now."""

    @property
    def kept(self) -> frozenset[str]:
        """The names that stay as they are."""
        return frozenset((*self.unchanged, *self.not_in_table))


def name_map(users: Collection[str], how: Translation, *, leave: Collection[str] = ()) -> NameMap:
    """Work out what becomes of each user; `leave` are those who keep their names whatever is said."""
    pairs, unchanged, not_in_table = [], [], []
    for old in sorted(set(users)):
        new = how.of(old) if old not in leave else old
        if new is None:
            not_in_table.append(old)
        elif new == old:
            unchanged.append(old)
        else:
            pairs.append(Pair(old=old, new=new))
    mapped = NameMap(
        pairs=tuple(pairs),
        unchanged=tuple(unchanged),
        not_in_table=tuple(not_in_table),
        unknown=how.unknown(users),
        present=frozenset(users),
    )
    return replace(mapped, obstacles=tuple(sorted((*_refused(mapped), *_shared(mapped)))))


def map_back(users: Collection[str], done: Iterable[Pair]) -> NameMap:
    """Work out the way back from pairs that were carried out, wholly or in part, to the old names.

    Who has the old name still is in it too: that user's home may have moved already.
    """
    pairs = tuple(sorted(Pair(old=pair.new, new=pair.old) for pair in done))
    met = {name for pair in pairs for name in (pair.old, pair.new)}
    present = set(users)
    here = tuple(pair for pair in pairs if present & {pair.old, pair.new})
    twice = [pair for pair in here if present >= {pair.old, pair.new}]
    mapped = NameMap(
        pairs=here,
        unchanged=tuple(sorted(present - met)),
        unknown=tuple(pair.old for pair in pairs if pair not in here),
        present=frozenset(present),
    )
    both = (_taken_by(pair, "who is another user by now") for pair in twice)
    return replace(mapped, obstacles=tuple(sorted((*both, *_shared(mapped)))))


def refusal(name: str) -> str | None:
    """Return why JupyterHub, or a directory, cannot have this name; None when they can."""
    if not name:
        return "is empty"
    if name != name.strip():
        return "begins or ends with a space"
    if "/" in name:
        return "has a `/` in it"
    if not name.isprintable():
        return "has a character in it that cannot be shown"
    if name in (".", ".."):
        return "is no name of a directory"
    if len(name) > _LONGEST or len(escaped(name)) > _LONGEST:
        return f"is too long: a directory for it would have more than {_LONGEST} characters"
    return None


def _refused(mapped: NameMap) -> Iterator[Obstacle]:
    for pair in mapped.pairs:
        if reason := refusal(pair.new):
            yield Obstacle(kind="refused", message=f"`{pair.new}` {reason}", users=(pair.old,))
        if pair.new != pair.new.lower():
            message = f"`{pair.new}` has capitals, which JupyterHub makes small: nobody could sign in so"
            yield Obstacle(kind="case", message=message, users=(pair.old,))


def _shared(mapped: NameMap) -> Iterator[Obstacle]:
    yield from _doubled(mapped)
    yield from _taken(mapped)
    yield from _capitals(mapped)
    yield from _same_places(mapped)


def _doubled(mapped: NameMap) -> Iterator[Obstacle]:
    for new, olds in _grouped((pair.new, pair.old) for pair in mapped.pairs):
        if len(olds) > 1:
            yield Obstacle(kind="two-to-one", message=f"{_listed(olds)} would all be `{new}`", users=olds)


def _taken(mapped: NameMap) -> Iterator[Obstacle]:
    leaving = {pair.old: pair.new for pair in mapped.pairs}
    for pair in mapped.pairs:
        if pair.new in mapped.kept:
            yield _taken_by(pair, "who is another user already")
        elif pair.new in leaving:
            yield _taken_by(pair, f"whose name is to be `{leaving[pair.new]}`: change that one first")


def _taken_by(pair: Pair, whom: str) -> Obstacle:
    return Obstacle(kind="taken", message=f"`{pair.old}` would be `{pair.new}`, {whom}", users=(pair.old,))


def _capitals(mapped: NameMap) -> Iterator[Obstacle]:
    final = [(name, name) for name in mapped.kept] + [(pair.new, pair.old) for pair in mapped.pairs]
    moved = {pair.old for pair in mapped.pairs}
    for low, found in _grouped((name.lower(), (name, old)) for name, old in final):
        names = sorted({name for name, _old in found})
        olds = tuple(sorted(old for _name, old in found if old in moved))
        if len(names) > 1 and olds:
            message = f"{_listed(names)} differ in capitals only: who signs in is `{low}`"
            yield Obstacle(kind="case", message=message, users=olds)


def _same_places(mapped: NameMap) -> Iterator[Obstacle]:
    moved = {pair.new: pair.old for pair in mapped.pairs}
    final = sorted({*mapped.kept, *moved})
    for kind in (escaped, safe):
        for place, names in _grouped((kind(name), name) for name in final):
            olds = tuple(sorted(moved[name] for name in names if name in moved))
            if len(names) > 1 and olds:
                message = f"{_listed(names)} would share the directory or pod `{place}`"
                yield Obstacle(kind="same-place", message=message, users=olds)


def _grouped(items: Iterable[tuple[str, _Value]]) -> Iterator[tuple[str, tuple[_Value, ...]]]:
    groups: dict[str, list[_Value]] = defaultdict(list)
    for key, value in items:
        groups[key].append(value)
    for key, values in groups.items():
        yield key, tuple(values)


def _listed(names: Iterable[str]) -> str:
    *some, last = (f"`{name}`" for name in names)
    return f"{', '.join(some)} and {last}" if some else last
