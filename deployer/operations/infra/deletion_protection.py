"""What a cloud or a provider refuses to delete: attributes of a resource say so, or locks that lie on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.clouds.resources import azure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_ATTRIBUTES = ("deletion_protection", "deletion_protection_enabled")


@dataclass(frozen=True, kw_only=True)
class ManagementLock:
    """A lock of Azure. `scope` is the id of what it lies on, `owners` are the addresses of that."""

    address: str
    scope: str
    owners: tuple[str, ...]


def is_on(value: Any) -> bool:
    """Say whether attributes of a resource, or of a part of it, protect it against deletion."""
    if isinstance(value, Mapping):
        return any(value.get(key) is True for key in _ATTRIBUTES) or any(map(is_on, value.values()))
    return isinstance(value, list) and any(map(is_on, value))


def is_only_switched_off(change: Mapping[str, Any]) -> bool:
    """Say whether a change of a resource in place is nothing but its protection that goes off.

    `change` is as Terraform's plan has it. What is known only afterwards is no change that somebody made, and
    nothing is the same as an empty value: many providers do not tell them apart.
    """
    unknown = change.get("after_unknown") or {}
    before, after = (_rest(change[side], unknown) for side in ("before", "after"))
    return bool(before == after and not is_on(change["after"]))


def is_lock(kind: str) -> bool:
    """Say whether resources of a type are locks."""
    return kind == azure.LOCK


def locks(state: Iterable[Mapping[str, Any]]) -> tuple[ManagementLock, ...]:
    """Return the locks among the resources of a state."""
    there = [each for each in state if each.get("mode", "managed") == "managed"]
    return tuple(
        ManagementLock(address=each["address"], scope=scope, owners=tuple(_with_id(there, scope)))
        for each in there
        if is_lock(each["type"])
        for scope in [scope_of(each["values"])]
        if scope
    )


def scope_of(values: Mapping[str, Any]) -> str:
    """Return the id of what a lock lies on."""
    return str(values.get("scope") or "").rstrip("/")


def lying_on(found: Collection[ManagementLock], address: str, identity: Any) -> tuple[ManagementLock, ...]:
    """Return the locks that lie on a resource with this id, or on something that it is in."""
    if not isinstance(identity, str) or any(lock.address == address for lock in found):
        return ()
    # Ids of Azure are the same in whichever case they are written.
    inside = f"{identity}/".casefold()
    return tuple(lock for lock in found if inside.startswith(f"{lock.scope}/".casefold()))


def _with_id(state: Iterable[Mapping[str, Any]], identity: str) -> Iterator[str]:
    for each in state:
        if str(each["values"].get("id", "")).casefold() == identity.casefold():
            yield each["address"]


def _rest(value: Any, unknown: Any) -> Any:
    """Return a value without what protects, what is empty, and what is not known yet."""
    if isinstance(value, Mapping):
        unknown = unknown if isinstance(unknown, Mapping) else {}
        found = {
            key: _rest(each, unknown.get(key))
            for key, each in value.items()
            if key not in _ATTRIBUTES and unknown.get(key) is not True
        }
        return {key: each for key, each in found.items() if each}
    if isinstance(value, list):
        marks = unknown if isinstance(unknown, list) else []
        marks = [*marks, *[None] * (len(value) - len(marks))]
        return [_rest(each, mark) for each, mark in zip(value, marks, strict=False) if mark is not True]
    return value
