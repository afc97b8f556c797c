"""The feature `profiles`: whether what it offers can be made, and has nodes to run on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.rule import Finding, rule
from deployer.fleet.spelling import did_you_mean
from deployer.render.features.offers.gpus import machine_of, share
from deployer.rules.values.parts.asked import asked, finding, unknown_pool
from deployer.rules.values.resource_choices import unmade

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Feature
    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues


@rule()
def profiles(release: HubValues) -> Iterator[Finding]:
    """Want machine types, node pools and images that the feature `profiles` names to be there.

    Sizes that `fit` and profiles with GPUs are computed from a machine type. A pool is one under
    `infrastructure.node_pools`. What can't be made is not offered.
    """
    for feature in asked(release, "profiles"):
        yield from unknown_pool(release, feature, feature.settings, ())
        for index, server in enumerate(feature.settings.get("servers", ())):
            yield from unknown_pool(release, feature, server, ("servers", index))
            if "fit" in server:
                yield from unmade(release, feature, server["fit"], ("servers", index, "fit"))
        for name, gpu in feature.settings.get("gpus", {}).items():
            yield from unknown_pool(release, feature, gpu, ("gpus", name))
            yield from _gpu(release, feature, gpu, ("gpus", name))


RULES = (profiles,)


def _gpu(release: HubValues, feature: Feature, gpu: Mapping[str, Any], at: KeyPath) -> Iterator[Finding]:
    name = machine_of(release.cluster, gpu)
    try:
        if name is not None:
            share(release.cluster, gpu, name)
    except DeployerError as error:
        message = f"{error.message}; {error.hint}" if error.hint else error.message
        yield finding(feature, (*at, "machine"), message)
    images = feature.settings.get("images", {})
    for index, image in enumerate(gpu.get("images", ())):
        if image not in images:
            message = f"no such image: `{image}`; {did_you_mean(image, images)}"
            yield finding(feature, (*at, "images", index), message)
