"""The site beside the hub: its address, and how it asks the hub who somebody is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.render.subject import Subject

CHART = "site"
_ADDRESS = "http://site:8080"


def service(subject: Subject) -> str | None:
    """Return what the site is called as a service of the hub, None when there is no site."""
    path = subject.own_value(CHART, "path")
    used = subject.own_value(CHART, "enabled") is True and isinstance(path, str)
    return str(path) if used else None


def site(subject: Subject) -> dict[str, Any]:
    """Serve the site below a path of the hub's host, to people whom the hub admits to it.

    The path is the name of the service: the hub's menu shows it, and leads to `/services/<name>/`.
    """
    name = service(subject)
    if name is None:
        return {}
    prefix = f"{subject.base_url}{name}/"
    callback = f"{prefix}oauth_callback"
    client = f"service-{name}"
    access = f"access:services!service={name}"
    groups = subject.own_value(CHART, "groups")
    entry = {
        "url": _ADDRESS,
        "oauth_client_id": client,
        # On whichever host the hub is.
        "oauth_redirect_uri": callback,
        "oauth_no_confirm": True,
    }
    # Everybody may where nobody is named (people.py).
    roles = {"loadRoles": {f"use-{name}": {"groups": groups, "scopes": [access]}}} if groups else {}
    hub = f"http://{subject.named('hub')}.{subject.hub.namespace}.svc.cluster.local:8081"
    environment = {
        "JUPYTERHUB_SERVICE_NAME": name,
        "JUPYTERHUB_SERVICE_PREFIX": prefix,
        "JUPYTERHUB_BASE_URL": subject.base_url,
        "JUPYTERHUB_API_URL": f"{hub}{subject.base_url}hub/api",
        "JUPYTERHUB_CLIENT_ID": client,
        "JUPYTERHUB_OAUTH_CALLBACK_URL": callback,
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps([access]),
        "SITE_MENU": f"{subject.base_url}services/{name}",
    }
    return {
        CHART: {"hub": {"secret": subject.named("hub"), "environment": environment}},
        "jupyterhub": {
            "hub": {
                "services": {name: entry},
                "config": {"Proxy": {"extra_routes": {prefix: _ADDRESS}}},
                **roles,
            }
        },
    }
