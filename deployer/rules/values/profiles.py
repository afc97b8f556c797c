"""The list of profiles: what KubeSpawner wants of it, and what would make it offer something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.fleet.spelling import near, only_near
from deployer.rules.values.parts.profiles import (
    GROUPS,
    Choice,
    Option,
    Profile,
    choices,
    overrides,
    profiles,
)
from deployer.rules.values.parts.settings import settings
from deployer.rules.values.parts.shapes import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_OF_CHOICES = ("default", "description", "display_name", "kubespawner_override", "slug", *GROUPS)
_OF_OPTIONS = ("choices", "description", "display_name", "unlisted_choice")
_OF_PROFILES = ("default", "description", "display_name", "profile_options", "slug", *GROUPS)


@rule()
def profile_name(release: HubValues) -> Iterator[Finding]:
    """Want each profile to have a `display_name`.

    KubeSpawner shows it, and can show no profile at all when one of them has none.
    """
    for profile in profiles(release):
        at = (*profile.at, "display_name")
        if not profile.data.get("display_name") and not release.unknown(at):
            yield release.finding(profile.at, "missing key `display_name`: what people see of the profile")


@rule()
def profile_slug(release: HubValues) -> Iterator[Finding]:
    """Refuse two profiles of one slug: the second could never be chosen.

    Without `slug`, KubeSpawner makes it of `display_name`. Two profiles may share a slug when no group of
    their `allowed_groups` is the same, so that nobody sees both.
    """
    seen: list[Profile] = []
    for profile in profiles(release):
        first = next(
            (each for each in seen if profile.slug == each.slug and _both_shown(each, profile)), None
        )
        if first is None:
            seen += [profile] if profile.slug else []
        elif not release.unknown((*profile.at, "slug")):
            key = "slug" if "slug" in profile.data else "display_name"
            place = f"profile {int(first.at[-1]) + 1}"
            message = f"the slug `{profile.slug}` is that of {place} too: give each its own `slug`"
            yield release.finding((*profile.at, key), message)


@rule("warning")
def profile_default(release: HubValues) -> Iterator[Finding]:
    """Want one default at most: among profiles, and among the choices of an option.

    Of several, browsers show the last and KubeSpawner takes the first. Profiles for different groups may each
    be the default.
    """
    defaults = [profile for profile in profiles(release) if profile.data.get("default") is True]
    for index, profile in enumerate(defaults):
        if any(_both_shown(other, profile) for other in defaults[:index]):
            yield release.finding((*profile.at, "default"), "another profile is the default already")
    for option in _options(release):
        chosen = [choice for choice in option.choices if choice.data.get("default") is True]
        for choice in chosen[1:]:
            message = f"`{chosen[0].name}` is the default already: one choice of `{option.name}` can be"
            yield release.finding((*choice.at, "default"), message)


@rule()
def profile_option(release: HubValues) -> Iterator[Finding]:
    """Want an option of a profile to offer something, and its free field to have a usable pattern.

    KubeSpawner cannot start a server for somebody who leaves such an option alone, or fills in such a field.
    """
    for option in _options(release):
        if not option.choices and option.unlisted is None:
            message = f"nothing to choose in the option `{option.name}`: write `choices`"
            yield release.finding(option.at, message)
        if option.unlisted is not None:
            yield from _pattern(release, option.unlisted)


@rule("warning")
def profile_setting(release: HubValues) -> Iterator[Finding]:
    """Question keys of `kubespawner_override` that are a profile's, or almost a setting of KubeSpawner's.

    KubeSpawner takes any key without a word, and an unknown one has no effect. That is so of profiles, their
    options and choices too.
    """
    for at, data, known in _parts(release):
        for key in data:
            meant = None if key in known else only_near(key, known)
            if meant is not None and meant not in data:
                yield release.finding((*at, key), f"`{key}` has no effect: did you mean `{meant}`?")
    of_spawner = settings("KubeSpawner")
    for choice in choices(release):
        for key in overrides(choice):
            trouble = None if key in of_spawner else _no_setting(key, of_spawner)
            if trouble is not None:
                yield release.finding((*choice.at, "kubespawner_override", key), trouble)


RULES = (profile_name, profile_slug, profile_default, profile_option, profile_setting)


def _parts(release: HubValues) -> Iterator[tuple[KeyPath, Mapping[str, Any], Sequence[str]]]:
    """Yield every profile, option and choice with the keys that it may have."""
    for profile in profiles(release):
        yield profile.at, profile.data, ("kubespawner_override", *_OF_PROFILES)
        for option in profile.options:
            yield option.at, option.data, _OF_OPTIONS
            yield from ((choice.at, choice.data, _OF_CHOICES) for choice in option.choices)


def _no_setting(key: str, known: Iterable[str]) -> str | None:
    """Return what is wrong with a key that KubeSpawner does not have; a subclass of it may have more."""
    if key in _OF_PROFILES:
        return f"`{key}` has no effect in `kubespawner_override`: indent it less, to stand beside that"
    meant = near(key, known)
    return f"KubeSpawner has no setting `{key}`: did you mean `{meant}`?" if meant else None


def _both_shown(one: Profile, other: Profile) -> bool:
    """Say whether somebody may be offered both profiles."""
    return not (one.groups and other.groups) or bool(one.groups & other.groups)


def _options(release: HubValues) -> Sequence[Option]:
    return [option for profile in profiles(release) for option in profile.options]


def _pattern(release: HubValues, field: Choice) -> Iterator[Finding]:
    at = (*field.at, "validation_regex")
    try:
        re.compile(text(field.data.get("validation_regex")))
    except re.error as error:
        yield release.finding(at, f"`validation_regex` is no regular expression: {error.msg}")
