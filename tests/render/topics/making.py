"""What topics are asked about: a hub on a kind of provider, with values of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from deployer.fleet.model import Organisation
from deployer.render.computed import TOPICS
from deployer.render.merge import Layer, merge
from deployer.render.subject import Subject
from tests.render.fleets import cluster, hub

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULTS = """
jupyterhub-home-nfs: {enabled: false, fullnameOverride: storage-quota}
nfs: {enabled: false}
userServiceAccount: {enabled: true}
dask-gateway: {enabled: false}
binderhub-service:
  enabled: false
  service: {port: 8090}
  config: {BinderHub: {base_url: /services/binder, auth_enabled: true}}
"""


def computed(
    topic: str,
    values: str = "{}",
    *,
    provider: str = "gcp",
    staff: Mapping[str, tuple[str, ...]] | None = None,
    outputs: Mapping[str, Any] | None = None,
) -> Any:
    """Return what a topic makes of a hub `hub` with these values, as YAML text."""
    a_hub = hub()
    defaults, said = yaml.safe_load(DEFAULTS), yaml.safe_load(values)
    subject = Subject(
        cluster=cluster(provider, a_hub, organisation=Organisation(staff=staff or {}), outputs=outputs or {}),
        hub=a_hub,
        host="hub.example.org",
        own=merge([Layer(name="defaults", values=defaults), Layer(name="said", values=said)]).values,
        said=said,
        hub_python={},
    )
    return TOPICS[topic](subject)
