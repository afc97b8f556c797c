"""Images that a chart itself names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet.rule import rule
from deployer.rules.manifests.places import of_chart
from deployer.rules.manifests.pods import pods
from deployer.rules.subjects import name_of
from deployer.rules.values.parts.shapes import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.rule import Finding
    from deployer.rules.subjects import ReleaseObjects, ReleaseValues

_KEYS = ("image", "name", "repository")
_REFERENCE = re.compile(r"(?P<name>[^\s@:]+(:[0-9]+/[^\s@:]+)?)(:(?P<tag>[^\s@:/]+))?(?P<digest>@\S+)?")


@rule("warning")
def rendered_image(hub: ReleaseObjects) -> Iterator[Finding]:
    """Question images of a chart's own that have no tag, or the tag `latest`: they change without a deploy.

    Going back to an earlier release brings nothing back then. Images that a hub's values name have rules of
    their own.
    """
    named = _named(hub.release)
    for pod in pods(hub.objects):
        for container in pod.containers():
            image = _REFERENCE.fullmatch(text(container.data.get("image")))
            if image and image["name"] not in named and _floats(image):
                has = "the tag `latest`" if image["tag"] else "no tag"
                message = f"the image `{image['name']}` of the container `{container.name}` has {has}"
                yield of_chart(hub, f"{name_of(pod.owner)}: {message}: choose one that stays what it is")


RULES = (rendered_image,)


def _named(release: ReleaseValues) -> frozenset[str]:
    """Return the names of the images in a hub's values, among other names."""
    found = (text(each.get(key)) for _, each in release.maps for key in _KEYS)
    return frozenset(image["name"] for image in map(_REFERENCE.fullmatch, found) if image)


def _floats(image: re.Match[str]) -> bool:
    return image["digest"] is None and image["tag"] in (None, "latest")
