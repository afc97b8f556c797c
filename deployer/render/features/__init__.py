"""Short forms as chart values: a module for each feature, with a pure function that makes its layer.

The function is given the hub as a `Subject` and the feature's settings, which are complete and fit its
schema in deployer/fleet/schemas/hub; it returns values of the chart basehub.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features import (
    announcement,
    auth,
    binder,
    buckets,
    cohort,
    compute_quota,
    config_files,
    culling,
    dashboards,
    dask,
    databases,
    dynamic_images,
    git_credentials,
    grading,
    home_page,
    homes,
    identity_provider,
    interface,
    limits,
    metrics,
    network,
    profiles,
    repositories,
    resource_choices,
    services,
    shared_directories,
    site,
    templates,
    warm_nodes,
)
from deployer.render.merge import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deployer.render.subject import Subject

FEATURES: Mapping[str, Callable[[Subject, Mapping[str, Any]], dict[str, Any]]] = {
    # What it says of sign-in is for hubs that say nothing of it.
    "binder": binder.values,
    "auth": auth.values,
    "announcement": announcement.values,
    "buckets": buckets.values,
    "cohort": cohort.values,
    "compute_quota": compute_quota.values,
    "config_files": config_files.values,
    "culling": culling.values,
    "dashboards": dashboards.values,
    "dask": dask.values,
    "databases": databases.values,
    "dynamic_images": dynamic_images.values,
    "git_credentials": git_credentials.values,
    "grading": grading.values,
    "home_page": home_page.values,
    "homes": homes.values,
    "identity_provider": identity_provider.values,
    "interface": interface.values,
    "limits": limits.values,
    "metrics": metrics.values,
    "network": network.values,
    "repositories": repositories.values,
    "resource_choices": resource_choices.values,
    "profiles": profiles.values,
    "services": services.values,
    "shared_directories": shared_directories.values,
    "site": site.values,
    "templates": templates.values,
    "warm_nodes": warm_nodes.values,
}
"""Weakest first."""


def layers(subject: Subject) -> Iterator[Layer]:
    """Yield a layer for each feature that a hub has."""
    asked = {feature.name: feature for feature in subject.hub.features}
    for name, values in FEATURES.items():
        if name in asked:
            feature = asked[name]
            line = feature.document.mark(feature.at).line
            yield Layer(
                name=f"feature: {name}",
                values=values(subject, feature.settings),
                kind="feature",
                function=values.__module__.removeprefix("deployer."),
                about=f"asked for in {feature.document.name}:{line}",
                feature=feature,
            )
