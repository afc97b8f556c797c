"""From `HUB:PROFILE/CHOICE` to the path in the hub's values that says the image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.spelling import did_you_mean
from deployer.render.provenance import find, plain
from deployer.rules.values.parts.profiles import LIST, overrides, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.rules.values.parts.profiles import Choice, Option, Profile

OF_HUB: KeyPath = ("jupyterhub", "singleuser", "image")
_OVERRIDE = ("kubespawner_override", "image")
_MOST = 12


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a hub's values say an image.

    At `at` is a map with `name` and `tag`, or the `whole` reference. `decided` is the path of which one layer
    decides alone: a list is never merged. `name` is what people call the place.
    """

    at: KeyPath
    decided: KeyPath
    whole: bool
    name: str


def place(layers: HubLayers, profile: str | None) -> Place:
    """Return the place of a hub's own image, or with `profile` that of a profile or of a choice within it.

    `profile` is a slug, or a slug and a choice's key with a slash between them. The key of its option stands
    in between where two options have a choice of that key.

    Raises:
        DeployerError: there is no such profile or choice, or the profile leaves its image to choices.
    """
    if profile is None:
        return Place(at=OF_HUB, decided=OF_HUB, whole=False, name=layers.name)
    slug, slash, choice = profile.partition("/")
    found = _profile(layers, slug)
    at = _choice(found, slug, choice).at if slash else _own(found, slug)
    return Place(at=(*at, *_OVERRIDE), decided=LIST, whole=True, name=f"{layers.name}:{profile}")


def said(layers: HubLayers, place: Place) -> Any:
    """Return what the merged values say at a place."""
    return plain(find(layers.tree, place.at))


def reference(found: Any, place: Place) -> str | None:
    """Return the image that values say at a place, in one text; None when they say none."""
    if place.whole:
        return found if isinstance(found, str) else None
    name, tag = (found.get(key) if isinstance(found, dict) else None for key in ("name", "tag"))
    if not isinstance(name, str):
        return None
    return name if tag in (None, "") else f"{name}:{tag}"


def _profile(layers: HubLayers, slug: str) -> Profile:
    profiles = parsed(plain(find(layers.tree, LIST)))
    if not profiles:
        raise DeployerError(f"{layers.name} has no profiles", hint=f"name the hub alone: `{layers.hub.name}`")
    found = [each for each in profiles if each.slug == slug]
    if not found:
        slugs = [each.slug for each in profiles if each.slug]
        raise DeployerError(f"no such profile in {layers.name}: {slug}", hint=did_you_mean(slug, slugs))
    if len(found) > 1:
        raise DeployerError(
            f"{len(found)} profiles of {layers.name} have the slug `{slug}`",
            hint="give each a `slug` of its own",
        )
    return found[0]


def _own(profile: Profile, slug: str) -> KeyPath:
    """Return the path of a profile that decides its image itself."""
    named = _with_images(profile)
    if named:
        raise DeployerError(
            f"people choose the image of the profile `{slug}` themselves",
            hint=f"name a choice: {_listed(f'{slug}/{key}' for key in named)}",
        )
    return profile.at


def _choice(profile: Profile, slug: str, asked: str) -> Choice:
    named = _with_images(profile)
    if asked in named:
        return named[asked]
    alike = [key for key in named if key.rpartition("/")[2] == asked]
    if alike:
        hint = f"name one of them: {_listed(f'{slug}/{key}' for key in alike)}"
        raise DeployerError(f"several options of the profile `{slug}` have a choice `{asked}`", hint=hint)
    if not named:
        raise DeployerError(
            f"no choice of the profile `{slug}` has an image of its own", hint=f"name the profile: `{slug}`"
        )
    raise DeployerError(f"no such image in the profile `{slug}`: {asked}", hint=did_you_mean(asked, named))


def _with_images(profile: Profile) -> Mapping[str, Choice]:
    """Return the choices that have an image, by their key; with their option's where that says too little."""
    found = [(option, choice) for option in profile.options for choice in _images_of(option)]
    keys = [choice.name for _, choice in found]
    return {
        choice.name if keys.count(choice.name) == 1 else f"{option.name}/{choice.name}": choice
        for option, choice in found
    }


def _images_of(option: Option) -> Iterable[Choice]:
    return (choice for choice in option.choices if "image" in overrides(choice))


def _listed(names: Iterable[str]) -> str:
    names = [f"`{each}`" for each in names]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
