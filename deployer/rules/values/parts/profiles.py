"""The list of profiles that users choose their server from, as KubeSpawner 7 reads it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.rules.subjects import seen_once
from deployer.rules.values.parts.shapes import mapping, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

LIST: KeyPath = ("jupyterhub", "singleuser", "profileList")
GROUPS = ("allowed_groups", "allowed_teams")
"""The keys by which hub-side Python shows a profile or a choice to some people only; KubeSpawner has none."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One choice of an option, or its free field (`unlisted_choice`)."""

    name: str
    at: KeyPath
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something that users choose within a profile."""

    name: str
    at: KeyPath
    data: Mapping[str, Any]
    choices: tuple[Choice, ...]
    unlisted: Choice | None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One profile. Its slug is None when it can't be told: KubeSpawner transliterates what is not ASCII."""

    at: KeyPath
    data: Mapping[str, Any]
    slug: str | None
    options: tuple[Option, ...]

    @property
    def groups(self) -> frozenset[str]:
        """The groups whose members are offered the profile; everybody is when there are none."""
        found = (group for key in GROUPS for group in sequence(self.data.get(key)))
        return frozenset(str(group).casefold() for group in found)


@seen_once
def profiles(release: HubValues) -> tuple[Profile, ...]:
    """Return the profiles of a hub, without what is no map."""
    return parsed(release.value(*map(str, LIST)))


def parsed(listed: Any) -> tuple[Profile, ...]:
    """Return the profiles of what stands in a hub's values for their list."""
    found = enumerate(sequence(listed))
    return tuple(_profile((*LIST, i), each) for i, each in found if isinstance(each, Mapping))


@seen_once
def choices(release: HubValues) -> tuple[Choice, ...]:
    """Return everything in the list that may override what KubeSpawner is told: profiles and choices."""
    return tuple(choice for profile in profiles(release) for choice in _choices(profile))


def overrides(choice: Choice) -> Mapping[str, Any]:
    """Return what a profile or a choice tells KubeSpawner."""
    return mapping(choice.data.get("kubespawner_override"))


def slugify(name: str) -> str | None:
    """Return the slug that KubeSpawner makes of a profile's name, None when that can't be told.

    It is `slugify` of the package python-slugify with its defaults. Letters with accents lose them; of other
    characters beyond ASCII it knows a transliteration, and we don't.
    """
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", html.unescape(name.replace("'", "-")))
        if not unicodedata.combining(letter)
    )
    if not plain.isascii():
        return None
    joined = re.sub(r"(?<=\d),(?=\d)", "", plain.lower().replace("'", ""))
    return re.sub(r"[^a-z0-9]+", "-", joined).strip("-")


def _choices(profile: Profile) -> Iterator[Choice]:
    yield Choice(name=profile.slug or "", at=profile.at, data=profile.data)
    for option in profile.options:
        yield from option.choices
        if option.unlisted is not None:
            yield option.unlisted


def _profile(at: KeyPath, data: Mapping[str, Any]) -> Profile:
    slug = data["slug"] if "slug" in data else slugify(text(data.get("display_name"))) or None
    named = mapping(data.get("profile_options"))
    options = (_option((*at, "profile_options", name), name, each) for name, each in named.items())
    return Profile(at=at, data=data, slug=slug if isinstance(slug, str) else None, options=tuple(options))


def _option(at: KeyPath, name: str, data: Any) -> Option:
    known = mapping(data)
    listed = mapping(known.get("choices"))
    unlisted = mapping(known.get("unlisted_choice"))
    return Option(
        name=name,
        at=at,
        data=known,
        choices=tuple(
            Choice(name=key, at=(*at, "choices", key), data=mapping(each)) for key, each in listed.items()
        ),
        unlisted=Choice(name="unlisted_choice", at=(*at, "unlisted_choice"), data=unlisted)
        if unlisted.get("enabled")
        else None,
    )
