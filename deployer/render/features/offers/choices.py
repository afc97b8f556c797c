"""What all choices have in common: who is offered them, and which is taken when people don't choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_groups(said: Mapping[str, Any], choice: dict[str, Any]) -> dict[str, Any]:
    """Return a choice that is offered to the groups that are said, in the key of the hub-side Python."""
    return {**choice, "allowed_groups": said["groups"]} if "groups" in said else choice


def with_default(
    choices: Mapping[str, tuple[Mapping[str, Any], dict[str, Any]]],
) -> dict[str, dict[str, Any]]:
    """Return choices of which one is the default; each comes with what is said of it.

    The first that is for everybody is, where none is said to be.
    """
    names = list(choices)
    said = [name for name in names if choices[name][0].get("default") is True]
    open_to_all = [name for name in names if "groups" not in choices[name][0]]
    default = next(iter([*said, *open_to_all, *names]), None)
    return {
        name: {**choice, "default": True} if name == default else choice
        for name, (_, choice) in choices.items()
    }
