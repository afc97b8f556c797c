"""BinderHub as a service of the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.paths import look_up

if TYPE_CHECKING:
    from deployer.render.subject import Subject

CHART = "binderhub-service"
SERVICE = "binder"

_CLIENT = "service-binder"
_BEHIND_THE_HUB = f"/services/{SERVICE}"


def is_used(subject: Subject) -> bool:
    """Say whether the hub has a BinderHub."""
    return subject.own_value(CHART, "enabled") is True


def binderhub(subject: Subject) -> dict[str, Any]:
    """Make the hub's BinderHub a service of the hub: who it lets in, where people come back to, what it may.

    With a page of its own it is reached there, else through the hub.
    """
    if not is_used(subject):
        return {}
    callback = f"{_address(subject)}/oauth_callback"
    service = {
        "display": False,
        "oauth_client_id": _CLIENT,
        "oauth_no_confirm": True,
        "oauth_redirect_uri": callback,
    }
    if _base_url(subject) == _BEHIND_THE_HUB:
        service["url"] = f"http://binderhub:{subject.own_value(CHART, 'service', 'port')}"
    # Without log-in, BinderHub makes a user for each launch.
    users = "read:users" if _asks_for_log_in(subject) else "admin:users"
    role = {"services": [SERVICE], "scopes": ["servers", users]}
    return {
        "jupyterhub": {"hub": {"services": {SERVICE: service}, "loadRoles": {SERVICE: role}}},
        CHART: {"extraEnv": _environment(subject, callback)},
    }


def builds(subject: Subject) -> dict[str, Any]:
    """Keep BinderHub's builds from the cloud's metadata: with policies of ours instead of its chart's.

    A hub that speaks of its chart's has what it says.
    """
    if not is_used(subject) or look_up(subject.said, (CHART, "networkPolicy", "enabled")) is not None:
        return {}
    return {"binderNetworkPolicy": {"enabled": True}, CHART: {"networkPolicy": {"enabled": False}}}


def _environment(subject: Subject, callback: str) -> list[dict[str, Any]]:
    token = {"name": subject.named("hub"), "key": f"hub.services.{SERVICE}.apiToken"}
    hub = f"http://{subject.named('hub')}.{subject.hub.namespace}.svc.cluster.local:8081"
    return [
        {"name": "JUPYTERHUB_API_TOKEN", "valueFrom": {"secretKeyRef": token}},
        {"name": "JUPYTERHUB_CLIENT_ID", "value": _CLIENT},
        {"name": "JUPYTERHUB_API_URL", "value": f"{hub}{subject.base_url}hub/api"},
        {"name": "JUPYTERHUB_BASE_URL", "value": f"https://{subject.host}{subject.base_url}"},
        {"name": "JUPYTERHUB_OAUTH_CALLBACK_URL", "value": callback},
    ]


def _address(subject: Subject) -> str:
    """Return where people reach BinderHub, without a `/` at the end."""
    hosts = subject.own_value(CHART, "ingress", "hosts")
    own = subject.own_value(CHART, "ingress", "enabled") is True and isinstance(hosts, list) and hosts
    return f"https://{hosts[0] if own else subject.host}{_base_url(subject)}"


def _base_url(subject: Subject) -> str:
    return str(subject.own_value(CHART, "config", "BinderHub", "base_url") or "").rstrip("/")


def _asks_for_log_in(subject: Subject) -> bool:
    return subject.own_value(CHART, "config", "BinderHub", "auth_enabled") is True
