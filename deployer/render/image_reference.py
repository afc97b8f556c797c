"""Container images as people name them, and as the chart `jupyterhub` wants to be told of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deployer.errors import DeployerError

_PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"""(?P<name>(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?{_PART}(?:/{_PART})*)
    (?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}}))?
    (?:@(?P<digest>sha256:[0-9a-f]{{64}}))?""",
    re.VERBOSE,
)
_FORMS = "write `REGISTRY/NAME:TAG`, `REGISTRY/NAME@sha256:DIGEST`, or both behind each other"


@dataclass(frozen=True, kw_only=True)
class ImageReference:
    """An image that stays what it is: one with a tag, a digest, or both."""

    name: str
    tag: str | None = None
    digest: str | None = None

    def __str__(self) -> str:
        """Return it in one text, as a pod's `image` says it."""
        name, tag = self.in_parts
        return f"{name}:{tag}"

    @property
    def in_parts(self) -> tuple[str, str]:
        """The name and the tag between which the chart puts a colon.

        The chart knows no digest. Behind a tag it is part of the tag. By itself it is split at its own colon,
        since without any tag the image puller's reference would end in one.
        """
        if self.digest is None:
            return self.name, self.tag or ""
        if self.tag:
            return self.name, f"{self.tag}@{self.digest}"
        algorithm, _, value = self.digest.partition(":")
        return f"{self.name}@{algorithm}", value


def parse(text: str) -> ImageReference:
    """Return the image that a text names.

    Raises:
        DeployerError: it is none, or says nothing by which the image would stay the same.
    """
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise DeployerError(f"no image: {text}", hint=_advice(text))
    image = ImageReference(name=found["name"], tag=found["tag"], digest=found["digest"])
    if image.digest is None and image.tag in (None, "latest"):
        has = "has the tag `latest`" if image.tag else "has neither tag nor digest"
        raise DeployerError(
            f"the image {has}, so it would be another after each push: {text}",
            hint=f"give the tag or digest that its build has told: `{image.name}@sha256:...`",
        )
    return image


def _advice(text: str) -> str:
    path = text.partition("@")[0].partition("/")[2] or text
    name = path.partition(":")[0]
    if "://" in text:
        return f"leave out `{text.partition('://')[0]}://`"
    if name != name.lower():
        return "the name of an image is in lower case"
    if "@" in text and not re.search(r"@sha256:[0-9a-f]{64}$", text):
        return "a digest is `sha256:` and 64 digits from 0 to 9 and a to f"
    return _FORMS
