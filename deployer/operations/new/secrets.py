"""What a new hub needs encrypted: nobody but its people can write that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_SHOWN = 10
_NAMED = 4


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What is told of secrets that a hub does not have yet, and what to type."""

    notes: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()


def secret_file(hub: str) -> str:
    """Return the name of the encrypted values file of a hub."""
    return f"enc-{hub}.secret.values.yaml"


def secrets_needed(place: Path, root: Path, keys: Collection[str]) -> Needed:
    """Return what to tell about values that a hub needs encrypted in a file, by their paths."""
    if not keys:
        return Needed()
    listed = [f"  {key}" for key in list(keys)[:_SHOWN]]
    if len(keys) > _SHOWN:
        listed.append(f"  and {len(keys) - _SHOWN} more")
    note = "\n".join([f"the hub needs these values encrypted, in {place.name}:", *listed])
    edit = f"sops edit {place.relative_to(root).as_posix()}  # {_in_short(keys)}"
    return Needed(
        notes=(note,), next_steps=(edit, f"list {place.name} in cluster.yaml: the entry has a comment for it")
    )


def secrets_shared(hub: str, file: str, place: Path, root: Path, keys: Collection[str]) -> Needed:
    """Return what to tell about a file of secrets that a new hub has together with another one."""
    if not keys:
        return Needed()
    note = f"{hub} has the secrets of {file} too: {_in_short(keys)}"
    own = f"sops edit {place.relative_to(root).as_posix()}, and list it behind {file} in cluster.yaml"
    return Needed(notes=(note,), next_steps=(f"where {hub} needs other secrets: {own}",))


def _in_short(keys: Collection[str]) -> str:
    shown = [".".join(key.split(".")[-2:]) for key in list(keys)[:_NAMED]]
    return ", ".join(shown) + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")
