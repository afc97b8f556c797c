"""The feature `resource_choices`: whether choices can be made of what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.rule import Finding, rule
from deployer.render.features.resource_choices import ladder_for, machines
from deployer.render.paths import look_up
from deployer.rules.values.parts.asked import asked, finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    for feature in asked(release, _FEATURE):
        yield from unmade(release, feature, feature.settings, ())


@rule("warning")
def resource_choices_replaced(release: HubValues) -> Iterator[Finding]:
    """Want nothing in the place of `resource_choices`: no list of profiles in a file, and not `profiles` too.

    Lists are not merged: that of a file takes the place of the profile with the choices. Put what
    `deployer generate resource-allocation` prints into a profile of the file instead. The feature `profiles`
    makes a list too, and has such choices under `servers`, with `fit`.
    """
    files = (layer for layer in reversed(release.merged.layers) if layer.kind == "file")
    layer = next((each for each in files if look_up(each.values, _LISTED) is not None), None)
    for feature in asked(release, _FEATURE):
        if any(asked(release, "profiles")):
            message = "the feature `profiles` takes the place of the choices: say `fit` in its `servers`"
            yield Finding(feature.document, feature.at, message)
        if layer:
            message = f"the list of profiles in {layer.name} takes the place of the choices"
            yield Finding(feature.document, feature.at, message)


RULES = (resource_choices, resource_choices_replaced)


def unmade(
    release: HubValues, feature: Feature, settings: Mapping[str, Any], at: KeyPath
) -> Iterator[Finding]:
    """Yield why settings at a path make no choices, or none of one of their machine types."""
    names = machines(release.cluster, settings)
    if not names:
        yield finding(feature, at, "no machine types to make choices of: say `machines`")
    for index, name in enumerate(names):
        try:
            ladder_for(release.cluster, settings, name)
        except DeployerError as error:
            message = f"{error.message}; {error.hint}" if error.hint else error.message
            said = feature.document.value((*feature.at, *at, "machines", index)) == name
            yield finding(feature, (*at, "machines", index) if said else at, message)
