"""Who is offered a profile: the groups that hub-side Python compares with a user's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.authentication import CONFIG, authentication
from deployer.rules.values.parts.code import set_elsewhere
from deployer.rules.values.parts.profiles import GROUPS, choices
from deployer.rules.values.parts.shapes import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_DECLARING = ("allowed_organizations", "allowed_groups", "admin_groups", "allowed_gitlab_groups")
_OVERRIDES = (*CONFIG, "KubeSpawner", "group_overrides")
_COURSES = ("ngshare", "courses")
_READERS = ("site", "groups")
_QUOTAS = ("jupyterhub", "custom", "deployer", "compute_quota", "groups")
_TELLING = ("manage_groups", "populate_teams_in_auth_state", "password_groups")
"""Settings with which log-ins tell of groups."""
_MAKING = {"groups", "admin:groups"}
"""Scopes with which a service puts people into groups."""
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


@rule("warning")
def no_groups(release: HubValues) -> Iterator[Finding]:
    """Question profiles, directories, courses, sites and hours for groups where the sign-in tells of none.

    Nobody is in a group until an admin makes it on the hub's admin page and puts people in, so nobody has
    what it is for. With `groups: true` in `auth`, they come from the provider; `load_groups` names members in
    the configuration.
    """
    asking = next(_for_groups(release), None)
    if asking and not _has_groups(release):
        message = "the sign-in tells of no groups, so nobody is in these before an admin puts people in"
        yield release.finding(asking, message)


RULES = (profile_groups, unknown_group, no_groups)


def _for_groups(release: HubValues) -> Iterator[KeyPath]:
    """Yield where something is for members of groups."""
    yield from (at for at, groups in _lists(release) if groups)
    for name, override in mapping(release.value(*_OVERRIDES)).items():
        if mapping(override).get("groups"):
            yield (*_OVERRIDES, name)
    for name, course in mapping(release.value(*_COURSES)).items():
        for key in ("instructor_groups", "student_groups"):
            if mapping(course).get(key):
                yield (*_COURSES, name, key)
    if release.value(*_READERS):
        yield _READERS
    if release.value(*_QUOTAS):
        yield _QUOTAS


def _has_groups(release: HubValues) -> bool:
    """Say whether somebody may be in a group without an admin's doing, also when that can't be told."""
    auth = authentication(release)
    # `dummy` is for trials on one machine.
    if auth is None or auth.name in ("", "dummy") or release.value(*CONFIG, "JupyterHub", "load_groups"):
        return True
    if any(auth.set(auth.settings.get(key)) for key in _TELLING):
        return True
    roles = mapping(release.value("jupyterhub", "hub", "loadRoles")).values()
    scopes = [
        str(scope).partition("!")[0] for role in roles for scope in sequence(mapping(role).get("scopes"))
    ]
    return not _MAKING.isdisjoint(scopes) or set_elsewhere(release, "group")


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
