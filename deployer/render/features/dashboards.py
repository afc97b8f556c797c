"""What the hub does, in a Grafana of its own for its people: it sees this hub and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

SERVICE = "dashboards"
_ADDRESS = "http://dashboards:3000"


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that run Grafana as a service of the hub, at which people log in through the hub.

    JupyterHub lets admins use every service; others have to be members of the groups.
    """
    outside = f"https://{subject.host}{subject.base_url}"
    inside = f"http://{subject.named('hub')}.{subject.hub.namespace}.svc.cluster.local:8081{subject.base_url}"
    address = f"{outside}services/{SERVICE}/"
    client = f"service-{SERVICE}"
    entry = {
        "url": _ADDRESS,
        "oauth_client_id": client,
        "oauth_redirect_uri": f"{address}login/generic_oauth",
        "oauth_no_confirm": True,
    }
    groups = settings.get("groups")
    access = f"access:services!service={SERVICE}"
    roles = {"loadRoles": {f"use-{SERVICE}": {"groups": groups, "scopes": [access]}}} if groups else {}
    environment = {
        "GF_SERVER_ROOT_URL": address,
        "GF_AUTH_GENERIC_OAUTH_CLIENT_ID": client,
        "GF_AUTH_GENERIC_OAUTH_AUTH_URL": f"{outside}hub/api/oauth2/authorize",
        "GF_AUTH_GENERIC_OAUTH_TOKEN_URL": f"{inside}hub/api/oauth2/token",
        "GF_AUTH_GENERIC_OAUTH_API_URL": f"{inside}hub/api/user",
    }
    return {
        "dashboards": {"enabled": True, "hub": {"secret": subject.named("hub"), "environment": environment}},
        "jupyterhub": {"hub": {"services": {SERVICE: entry}, **roles}},
    }
