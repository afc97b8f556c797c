"""The feature `resource_choices`: whether choices can be made of what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.rule import Finding, rule
from deployer.render.features.resource_choices import ladder_for, machines
from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Feature
    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_FEATURE = "resource_choices"
_LISTED = ("jupyterhub", "singleuser", "profileList")


@rule()
def resource_choices(release: HubValues) -> Iterator[Finding]:
    """Want machine types for `resource_choices` that are known and large enough.

    They are what the feature says, else those of the node pools under `infrastructure.node_pools.notebooks`.
    A hub without either gets no choices.
    """
    for feature in _asked(release):
        yield from _made(release, feature)


@rule("warning")
def resource_choices_replaced(release: HubValues) -> Iterator[Finding]:
    """Want no list of profiles in a hub's files when the hub asks for `resource_choices`.

    Lists are not merged: that of a file takes the place of the profile with the choices. Put what
    `deployer generate resource-allocation` prints into a profile of the file instead.
    """
    files = (layer for layer in reversed(release.merged.layers) if layer.kind == "file")
    layer = next((each for each in files if look_up(each.values, _LISTED) is not None), None)
    for feature in _asked(release):
        if layer:
            message = f"the list of profiles in {layer.name} takes the place of the choices"
            yield Finding(feature.document, feature.at, message)


RULES = (resource_choices, resource_choices_replaced)


def _asked(release: HubValues) -> Iterator[Feature]:
    return (feature for feature in release.hub.features if feature.name == _FEATURE)


def _made(release: HubValues, feature: Feature) -> Iterator[Finding]:
    said = "machines" in feature.settings
    names = machines(release.cluster, feature.settings)
    if not names:
        message = "no machine types to make choices of: say `machines`"
        yield Finding(feature.document, feature.at, message)
    for index, name in enumerate(names):
        at: KeyPath = (*feature.at, "machines", index)
        try:
            ladder_for(release.cluster, feature.settings, name)
        except DeployerError as error:
            here = said and feature.document.value(at) == name
            message = f"{error.message}; {error.hint}" if error.hint else error.message
            yield Finding(feature.document, at if here else feature.at, message)
