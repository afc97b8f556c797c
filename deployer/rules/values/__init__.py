"""Rules about a hub's merged values, before anything is rendered: a module for each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.rules.values import (
    admission,
    authenticator,
    chart_schema,
    compute_quota,
    culling,
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
    *nodes.RULES,
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
