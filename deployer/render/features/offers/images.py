"""The menu of images, with a field for any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features.interface import PATHS
from deployer.render.features.offers.choices import with_default, with_groups

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from deployer.render.subject import Subject

_THE_HUBS = {"default": {"display_name": "The image of this hub", "kubespawner_override": {}}}
"""What is listed where people may type in an image and none is said: KubeSpawner needs a choice."""

_ANY = {
    "enabled": True,
    "display_name": "Image",
    "display_name_in_choices": "Another image",
    "description_in_choices": "Any image that has JupyterHub's server in it",
    "validation_regex": r"^[^\s]+[:@][^\s/]+$",
    "validation_message": "an image with its tag, such as quay.io/organisation/image:2026.11",
    "kubespawner_override": {"image": "{value}"},
}


def menu(
    subject: Subject, settings: Mapping[str, Any], only: Collection[str] | None = None
) -> dict[str, Any]:
    """Return the option `image` of a profile, {} when there is nothing to choose; `only` says which images.

    An image for groups is never the only default: who is in none of them gets the first for everybody. Where
    the hub builds images, whoever may type one in may have one built.
    """
    images = {name: image for name, image in settings.get("images", {}).items() if not only or name in only}
    unlisted = _unlisted(settings.get("unlisted_image", False)) if not only else {}
    if not images and not unlisted:
        return {}
    choices = with_default({name: (image, _choice(image)) for name, image in images.items()})
    return {
        "display_name": "Image",
        **({"unlisted_choice": unlisted} if unlisted else {}),
        **({"dynamic_image_building": {"enabled": True}} if unlisted and _builds(subject) else {}),
        "choices": choices or _THE_HUBS,
    }


def _builds(subject: Subject) -> bool:
    return any(feature.name == "dynamic_images" for feature in subject.hub.features)


def _choice(image: Mapping[str, Any]) -> dict[str, Any]:
    opens = {"default_url": PATHS[image["opens"]]} if "opens" in image else {}
    shown = {key: image[key] for key in ("display_name", "description") if key in image}
    return with_groups(image, {**shown, "kubespawner_override": {"image": image["image"], **opens}})


def _unlisted(setting: Any) -> dict[str, Any]:
    if setting is False:
        return {}
    return with_groups(setting if isinstance(setting, dict) else {}, dict(_ANY))
