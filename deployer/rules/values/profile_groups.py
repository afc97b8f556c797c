"""Who is offered a profile: the groups that hub-side Python compares with a user's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.authentication import CONFIG
from deployer.rules.values.parts.profiles import GROUPS, choices
from deployer.rules.values.parts.shapes import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_DECLARING = ("allowed_organizations", "allowed_groups", "admin_groups", "allowed_gitlab_groups")
_LONG_ENOUGH = 8
_DASHES = str.maketrans("_ ", "--")


@rule()
def profile_groups(release: HubValues) -> Iterator[Finding]:
    """Want `allowed_groups` and `allowed_teams` of a profile or a choice to be lists of text.

    A text in place of a list is taken letter by letter, and nobody is in a group of that name.
    """
    for at, value in _lists(release):
        if not isinstance(value, list):
            yield release.finding(at, f"`{at[-1]}` must be a list: put `- ` before each group")
        for index, group in enumerate(sequence(value)):
            if not isinstance(group, str) and not release.unknown((*at, index)):
                yield release.finding((*at, index), f"`{at[-1]}` must hold text: put the group in quotes")


@rule("warning")
def unknown_group(release: HubValues) -> Iterator[Finding]:
    """Question a group of a profile that is almost one which the hub's configuration names.

    Nobody is told about a profile that no one is offered. Groups may also come from a provider or be made in
    the hub, so a group is not wrong for being named nowhere else.
    """
    known = _declared(release)
    for at, value in _lists(release):
        for index, group in enumerate(sequence(value)):
            if isinstance(group, str) and group.casefold() not in known:
                meant = next(
                    (name for folded, name in known.items() if _misspelt(group.casefold(), folded)), None
                )
                if meant is not None and not release.unknown((*at, index)):
                    message = f"no group `{group}` is named elsewhere: did you mean `{meant}`?"
                    yield release.finding((*at, index), message)


RULES = (profile_groups, unknown_group)


def _lists(release: HubValues) -> Iterator[tuple[KeyPath, Any]]:
    for choice in choices(release):
        for key in GROUPS:
            if key in choice.data:
                yield (*choice.at, key), choice.data[key]


def _declared(release: HubValues) -> dict[str, str]:
    """Return the groups that the configuration of the hub names, by their name in lower case."""
    names: list[Any] = []
    for section in mapping(release.value(*CONFIG)).values():
        for key in _DECLARING:
            names += sequence(mapping(section).get(key))
    names += mapping(release.value(*CONFIG, "JupyterHub", "load_groups"))
    for role in mapping(release.value("jupyterhub", "hub", "loadRoles")).values():
        names += sequence(mapping(role).get("groups"))
    return {name.casefold(): name for name in names if isinstance(name, str)}


def _misspelt(group: str, known: str) -> bool:
    """Say whether a name is another with one slip: a character lost or doubled, two swapped, or other dashes.

    Names with one character in place of another, such as `team-a` and `team-b`, are more often two.
    """
    if len(known) < _LONG_ENOUGH:
        return False
    if group.translate(_DASHES) == known.translate(_DASHES):
        return True
    longer, shorter = sorted((group, known), key=len, reverse=True)
    apart = [i for i, letters in enumerate(zip(longer, shorter, strict=False)) if letters[0] != letters[1]]
    first = apart[0] if apart else len(shorter)
    if len(longer) == len(shorter) + 1:
        return not longer[first].isdigit() and longer[first + 1 :] == shorter[first:]
    swapped = longer[first : first + 2] == shorter[first : first + 2][::-1]
    return len(longer) == len(shorter) and apart == [first, first + 1] and swapped
