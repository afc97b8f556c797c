"""Who may read the hub's metrics, and usage by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

SERVICE = "prometheus"


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that let Prometheus reach the hub, with a token or without one."""
    hub = _with_token() if settings["token"] else {"authenticatePrometheus": False}
    # Pods of other namespaces with the label `hub.jupyter.org/network-access-hub: "true"`.
    policy = {"networkPolicy": {"interNamespaceAccessLabels": "accept"}}
    exporter = {"jupyterhub-groups-exporter": {"enabled": True}} if settings["groups"] else {}
    return {"jupyterhub": {"hub": {**hub, **policy}}, **exporter}


def _with_token() -> dict[str, Any]:
    role = {"services": [SERVICE], "scopes": ["read:metrics"]}
    # A job of its own reads the hub with the token; the one for whatever asks to be read would be refused.
    service = {"annotations": {"prometheus.io/scrape": "false"}}
    return {
        "authenticatePrometheus": True,
        "service": service,
        "services": {SERVICE: {"display": False}},
        "loadRoles": {SERVICE: role},
    }
