"""Images: which version of them, said so that YAML and everybody else read the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.rules.subjects import seen_once
from deployer.rules.values.parts.shapes import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_NOT_OF_PODS = {"annotations", "config", "custom", "data", "extraConfig", "labels", "templateVars"}
"""Keys below which `image` means something else, or nothing that is known here."""
_NAMES = ("name", "repository")
_REFERENCE = re.compile(r"(?P<name>[^\s@{}]+?)(:(?P<tag>[^/:@\s{}]+))?(@(?P<digest>[a-z0-9]+:[0-9a-f]+))?")


@rule()
def image_tag(release: HubValues) -> Iterator[Finding]:
    """Want a tag beside an image's name.

    A chart puts `:` and the tag behind the name, and a name that ends in `:` is no image, nor is one with two
    tags.
    """
    for image in _images(release):
        if image.second_tag:
            message = (
                f"the chart puts `:{image.second_tag}` behind it: write the version into `tag` beside it"
            )
            subject = f"the image `{image.name}` has its version in its name, and"
            yield release.finding(image.at, f"{subject} {message}")
        elif not image.whole and not image.tag and not image.digest:
            yield release.finding(image.at, f"the image `{image.name}` has no tag: write `tag` beside it")


@rule("warning")
def borrowed_tag(release: HubValues) -> Iterator[Finding]:
    """Question an image of one's own with the tag that the chart has for its image.

    Such a tag hardly exists, and it is another one with each version of the chart.
    """
    for image in _images(release):
        if image.borrows_tag:
            message = (
                f"the image `{image.name}` takes the tag of the chart's own image: write `tag` beside it"
            )
            yield release.finding(image.at, message)


@rule("warning")
def image_latest(release: HubValues) -> Iterator[Finding]:
    """Question an image without a tag or a digest, and the tag `latest`, which is the same.

    It is another image after each push, so that two servers of one profile differ, and going back to an
    earlier release brings nothing back. A tag that names a version, a date or a commit says what runs.
    """
    for image in _images(release):
        at = image.at if image.whole else (*image.at[:-1], "tag")
        if image.tag == "latest" and not image.digest:
            message = f"the image `{image.name}` has the tag `latest`: choose one that stays what it is"
            yield release.finding(at, message)
        elif image.whole and not image.tag and not image.digest:
            yield release.finding(at, f"the image `{image.name}` has no tag: write `{image.name}:TAG`")


@rule()
def image_number(release: HubValues) -> Iterator[Finding]:
    """Want a tag to be in quotes when it is all digits.

    On its way through Helm a number such as `20260102` becomes 2.0260102e+07. What YAML itself makes of
    `1.10` the rule `misread-version` tells.
    """
    for at, image in _blocks(release):
        tag = image.get("tag")
        if type(tag) is not int or release.unknown((*at, "tag")):
            continue
        layer, found_at = release.merged.origin_path((*at, "tag"))
        if layer.document is not None and layer.document.texts.get(found_at) == str(tag):
            message = f'the tag `{tag}` is a number to Helm: put it in quotes: `"{tag}"`'
            yield release.finding((*at, "tag"), message)


RULES = (image_tag, borrowed_tag, image_latest, image_number)


@dataclass(frozen=True, kw_only=True)
class _Image:
    """An image: a `whole` reference, or a name with its tag beside it. `at` is where the name stands.

    `borrows_tag` tells that the name is the hub's and the tag is the chart's; `second_tag` is what comes
    behind a tag or a digest in the name itself.
    """

    at: KeyPath
    name: str
    tag: str | None
    digest: str | None
    whole: bool
    borrows_tag: bool = False
    second_tag: str = ""


@seen_once
def _images(release: HubValues) -> tuple[_Image, ...]:
    return tuple(_found(release))


def _found(release: HubValues) -> Iterator[_Image]:
    for at, values in release.maps:
        reference = values.get("image")
        if isinstance(reference, str) and _of_pods(at) and "://" not in reference:
            image = _parsed((*at, "image"), reference, whole=True)
            if image and not release.unknown(image.at):
                yield image
    for at, block in _blocks(release):
        image = _named(release, at, block)
        if image and not release.unknown(image.at):
            yield image


@seen_once
def _blocks(release: HubValues) -> tuple[tuple[KeyPath, Mapping[str, Any]], ...]:
    """Return the maps that hold an image's name and tag."""
    return tuple(
        (at, values)
        for at, values in release.maps
        if at and (at[-1] == "image" or (len(at) > 1 and at[-2] == "extraImages")) and _of_pods(at)
    )


def _named(release: HubValues, at: KeyPath, block: Mapping[str, Any]) -> _Image | None:
    key = next((key for key in _NAMES if text(block.get(key))), None)
    if key is None:
        return None
    image = _parsed((*at, key), block[key], whole=False)
    if image is None or release.unknown((*at, "tag")):
        return None
    if image.tag or image.digest:
        second = block["tag"] if "tag" in block else mapping(release.default(*map(str, at))).get("tag")
        return replace(image, second_tag=str(second) if second else "")
    if "tag" in block:
        tag = block["tag"]
        return replace(image, tag=None if tag is None else str(tag))
    own = release.default(*map(str, at))
    borrowed = mapping(own).get("tag")
    # The chart's own image from another registry keeps its last name, and its tag.
    same = _last_name(image.name) == _last_name(text(mapping(own).get(key)))
    return replace(image, tag=borrowed, borrows_tag=borrowed is not None and not same)


def _last_name(image: str) -> str:
    return image.rpartition("/")[2]


def _parsed(at: KeyPath, reference: str, *, whole: bool) -> _Image | None:
    """Return the parts of a reference; None when it holds a placeholder such as `{value}`."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    return _Image(at=at, name=found["name"], tag=found["tag"], digest=found["digest"], whole=whole)


def _of_pods(at: KeyPath) -> bool:
    return _NOT_OF_PODS.isdisjoint(at)
