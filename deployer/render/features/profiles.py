"""What people choose from when they start a server: z2jh's list of profiles, as KubeSpawner 7 reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features.offers import gpus, images, sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_SLUG = "server"


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the list of profiles; the profile or choice of a group is marked for the hub-side Python."""
    # Also where only GPUs are asked for: who needs none should have a server without one.
    listed = _with_sizes(subject, settings)
    for said, profile in gpus.profiles(subject, settings):
        listed.append(_with_options(profile, image=images.menu(subject, settings, said.get("images"))))
    if not listed:
        return {}
    return {"jupyterhub": {"singleuser": {"profileList": listed}}}


def _with_sizes(subject: Subject, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    image, found = images.menu(subject, settings), sizes.menu(subject, settings)
    if settings["layout"] == "several" and found:
        # Lists keep their order, so that profiles need not sort by their slugs.
        return [
            _with_options({**size, "slug": name.replace("_", "-")}, image=image)
            for name, size in found.items()
        ]
    if not image and not found and not settings.get("gpus"):
        return []
    size = {"display_name": "Size", "choices": found} if found else {}
    whole = {"display_name": settings["name"], "slug": _SLUG, "default": True}
    return [_with_options(whole, image=image, size=size)]


def _with_options(profile: dict[str, Any], **options: dict[str, Any]) -> dict[str, Any]:
    """Return a profile with menus; what has one choice only, and for everybody, is no menu."""
    offered = {name: option for name, option in options.items() if option}
    menus = {name: option for name, option in offered.items() if not _only(option)}
    override = profile.get("kubespawner_override", {})
    for option in offered.values():
        override = {**override, **(_only(option) or {})}
    return {
        **profile,
        **({"kubespawner_override": override} if override else {}),
        **({"profile_options": menus} if menus else {}),
    }


def _only(option: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the one choice of an option overrides, None when there is something to choose."""
    (first, *others) = option["choices"].values()
    if others or "unlisted_choice" in option or "allowed_groups" in first:
        return None
    override: dict[str, Any] = first["kubespawner_override"]
    return override
