"""The health check: whether what it is told to choose is there to be chosen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.fleet.spelling import did_you_mean
from deployer.rules.values.parts.code import set_elsewhere
from deployer.rules.values.parts.profiles import Option, Profile, profiles
from deployer.rules.values.parts.shapes import number, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deployer.rules.subjects import HubValues

_START = ("jupyterhub", "singleuser", "startTimeout")


@rule()
def health_profile(release: HubValues) -> Iterator[Finding]:
    """Want `health.profile` to be the slug of a profile.

    The check user's server could not start, and each deploy of the hub would be taken back.
    """
    wanted = release.hub.health.profile
    if wanted is None or set_elsewhere(release, "profile_list"):
        return
    offered = profiles(release)
    slugs = [profile.slug for profile in offered if profile.slug is not None]
    if wanted not in slugs and len(slugs) == len(offered):
        message = f"no profile has the slug `{wanted}`; {did_you_mean(wanted, slugs)}"
        yield _in_cluster(release, "profile", message)


@rule()
def health_image(release: HubValues) -> Iterator[Finding]:
    """Want `health.image` to be one that users may fill in: in the free field of the option `image`.

    The check user's server could not start, or would start with another image.
    """
    wanted = release.hub.health.image
    if wanted is None or set_elsewhere(release, "profile_list"):
        return
    profile = _chosen(profiles(release), release.hub.health.profile)
    option = next((each for each in profile.options if each.name == "image"), None) if profile else None
    if option is None or option.unlisted is None:
        message = "no image can be filled in: that takes a profile whose option `image` has `unlisted_choice`"
        yield _in_cluster(release, "image", message)
    elif not _matches(option, wanted):
        yield _in_cluster(release, "image", "this image does not match `validation_regex` of the profile")


@rule("warning")
def health_timeout(release: HubValues) -> Iterator[Finding]:
    """Question a hub that waits longer for a server to start than the health check does.

    A start that the hub still thinks well of would fail the check, and take a deploy back.
    """
    patience, granted = number(release.value(*_START)), release.hub.health.timeout
    if patience is None or patience <= granted or not release.said(*_START) or release.unknown(_START):
        return
    message = (
        f"servers may take {patience:g} s to start and the health check waits {granted} s: "
        "raise the hub's `health.timeout` in cluster.yaml"
    )
    yield release.finding(_START, message)


RULES = (health_profile, health_image, health_timeout)


def _in_cluster(release: HubValues, key: str, message: str) -> Finding:
    return Finding(release.hub.document, (*release.hub.at, "health", key), message)


def _chosen(offered: Sequence[Profile], slug: str | None) -> Profile | None:
    """Return the profile that the check user gets: the one of a slug, the first default, or the first."""
    if slug is not None:
        return next((profile for profile in offered if profile.slug == slug), None)
    default = (profile for profile in offered if profile.data.get("default"))
    return next(default, offered[0] if offered else None)


def _matches(option: Option, image: str) -> bool:
    pattern = text(option.unlisted.data.get("validation_regex")) if option.unlisted else ""
    try:
        return re.match(pattern, image) is not None
    except re.error:
        return True
