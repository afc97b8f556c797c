"""Rules about a hub's merged values, before anything is rendered: a module for each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.rules.values import (
    admission,
    authenticator,
    chart_schema,
    compute_quota,
    culling,
    dynamic_images,
    embedded,
    environment,
    health,
    hosts,
    hub_settings,
    images,
    leftovers,
    metadata_server,
    nodes,
    oauth,
    priorities,
    profile_groups,
    profile_offers,
    profiles,
    renamed_settings,
    resource_choices,
    resources,
    secrets,
    server_mounts,
    server_size,
    sign_in,
    site,
    storage,
    templates,
    temporary_users,
    warm_nodes,
    without_effect,
)

if TYPE_CHECKING:
    from deployer.fleet.rule import Rule
    from deployer.rules.subjects import HubValues

RULES: tuple[Rule[HubValues], ...] = (
    *chart_schema.RULES,
    *images.RULES,
    *profiles.RULES,
    *profile_groups.RULES,
    *environment.RULES,
    *resources.RULES,
    *server_size.RULES,
    *resource_choices.RULES,
    *profile_offers.RULES,
    *warm_nodes.RULES,
    *compute_quota.RULES,
    *dynamic_images.RULES,
    *nodes.RULES,
    *priorities.RULES,
    *health.RULES,
    *authenticator.RULES,
    *admission.RULES,
    *oauth.RULES,
    *hub_settings.RULES,
    *renamed_settings.RULES,
    *sign_in.RULES,
    *site.RULES,
    *embedded.RULES,
    *secrets.RULES,
    *storage.RULES,
    *metadata_server.RULES,
    *server_mounts.RULES,
    *templates.RULES,
    *temporary_users.RULES,
    *hosts.RULES,
    *culling.RULES,
    *leftovers.RULES,
    *without_effect.RULES,
)

_ALONE = frozenset(
    {
        "chart-schema",
        "container-resources",
        "embedded-data",
        "embedded-python",
        "hub-setting",
        "hub-setting-kind",
        "image-number",
        "placeholder",
        "plain-credential",
        "profile-groups",
        "profile-name",
        "profile-option",
        "profile-setting",
        "profile-slug",
        "removed-setting",
        "renamed-setting",
        "server-environment",
        "server-units",
        "short-password",
        "storage-size",
    }
)

ALONE: tuple[Rule[HubValues], ...] = tuple(rule for rule in RULES if rule.id in _ALONE)
"""Those that tell of what is written in one place, whatever is said or missing in all others."""
