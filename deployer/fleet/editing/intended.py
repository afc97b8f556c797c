"""What edits mean for the data of a file: what its edited text must say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.fleet.editing.edits import (
    AppendItem,
    CommentOut,
    DeleteEntry,
    EditRefused,
    InsertEntry,
    InsertItem,
    Lift,
    RemoveComment,
    RenameKey,
    SetValue,
)
from deployer.fleet.editing.reading import data_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.positions import KeyPath


def intended(data: Any, edits: Iterable[Edit]) -> Any:
    """Return the data that a file has after edits."""
    by_path: dict[KeyPath, list[Edit]] = {}
    for edit in edits:
        if not isinstance(edit, RemoveComment):
            by_path.setdefault(edit.at, []).append(edit)
    branches = frozenset(at[:length] for at in by_path for length in range(len(at) + 1))
    return _Intention(by_path, branches).value(data, ())


def same(one: Any, other: Any) -> bool:
    """Say whether two values are equal and of equal types, the order of keys aside."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@dataclass(frozen=True)
class _Intention:
    edits: Mapping[KeyPath, list[Edit]]
    branches: frozenset[KeyPath]
    """All paths at or below which there are edits."""

    def value(self, data: Any, at: KeyPath) -> Any:
        if at not in self.branches:
            return data
        for edit in self.edits.get(at, ()):
            if isinstance(edit, SetValue):
                return edit.value
        new = self._appended(at)
        if data is None and new:
            return new
        if isinstance(data, dict):
            return self._map(data, at)
        return self._list(data, at) if isinstance(data, list) else data

    def _map(self, data: dict[str, Any], at: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in data.items():
            below = self.edits.get((*at, key), ())
            if any(isinstance(edit, DeleteEntry | CommentOut) for edit in below):
                continue
            inner = self.value(value, (*at, key))
            if any(isinstance(edit, Lift) for edit in below):
                _add(result, inner)
            else:
                names = [edit.to for edit in below if isinstance(edit, RenameKey)]
                _add(result, {(names or [key])[-1]: inner})
        for edit in self.edits.get(at, ()):
            if isinstance(edit, InsertEntry):
                _add(result, {edit.key: edit.value})
        missing = (each for each in self.edits if len(each) == len(at) + 1 and each[:-1] == at)
        for each in missing:
            if each[-1] not in data and self._appended(each):
                _add(result, {str(each[-1]): self._appended(each)})
        return result

    def _appended(self, at: KeyPath) -> list[Any]:
        return [item_of(edit) for edit in self.edits.get(at, ()) if isinstance(edit, AppendItem)]

    def _list(self, data: list[Any], at: KeyPath) -> list[Any]:
        new = [edit.value for edit in self.edits.get(at, ()) if isinstance(edit, InsertItem)]
        kept = [
            self.value(value, (*at, index))
            for index, value in enumerate(data)
            if not any(isinstance(edit, DeleteEntry) for edit in self.edits.get((*at, index), ()))
        ]
        return [*new, *kept, *self._appended(at)]


def item_of(edit: AppendItem) -> Any:
    """Return what a new item says."""
    return data_of(edit.text, "the new item cannot be read by itself")


def _add(result: dict[str, Any], more: Any) -> None:
    if not isinstance(more, dict):
        raise EditRefused("what is to be lifted is not a map")
    for key in more:
        if key in result:
            raise EditRefused(f"there is a key `{key}` already")
    result.update(more)
