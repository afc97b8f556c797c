"""Dask Gateway as a service of the hub, and what servers have to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.render.subject import Subject

SERVICE = "dask-gateway"

_BUCKETS = ("SCRATCH_BUCKET", "PERSISTENT_BUCKET", "PANGEO_SCRATCH")
"""Variables of a server that its workers need to have too."""


def is_used(subject: Subject) -> bool:
    """Say whether the hub has a gateway that its users' servers are told of."""
    setup = subject.look_up("custom", "daskhubSetup", "enabled")
    return subject.own_value(SERVICE, "enabled") is True and setup is not False


def dask_gateway(subject: Subject) -> dict[str, Any]:
    """Make the hub's Dask Gateway a service of the hub, and tell servers how they reach it.

    z2jh makes the service's token, and the gateway's chart finds it in the hub's Secret.
    """
    if subject.own_value(SERVICE, "enabled") is not True:
        return {}
    traefik = f"traefik-{subject.hub.name}-dask-gateway.{subject.hub.namespace}"
    service: dict[str, Any] = {"display": False}
    if not is_used(subject):
        return {"jupyterhub": {"hub": {"services": {SERVICE: service}}}}
    return {
        "jupyterhub": {
            "hub": {"services": {SERVICE: {**service, "url": f"http://{traefik}"}}},
            "singleuser": {
                "defaultUrl": "/lab",
                "extraEnv": _environment(subject, traefik),
                "extraLabels": {"hub.jupyter.org/network-access-proxy-http": "true"},
            },
        }
    }


def _environment(subject: Subject, traefik: str) -> dict[str, str]:
    path = f"{subject.base_url}services/dask-gateway/"
    # Braces are KubeSpawner's to fill in; doubled ones are left for the client of Dask Gateway.
    buckets = [name for name in _BUCKETS if subject.look_up("singleuser", "extraEnv", name) is not None]
    shared = ", ".join(f'"{name}": "$({name})"' for name in buckets)
    return {
        "DASK_GATEWAY__ADDRESS": f"{_proxy(subject)}{path}",
        "DASK_GATEWAY__PROXY_ADDRESS": f"gateway://{traefik}:80",
        "DASK_GATEWAY__PUBLIC_ADDRESS": path,
        "DASK_GATEWAY__AUTH__TYPE": "jupyterhub",
        "DASK_GATEWAY__CLUSTER__OPTIONS__IMAGE": "{{JUPYTER_IMAGE_SPEC}}",
        "DASK_DISTRIBUTED__DASHBOARD__LINK": "{{JUPYTERHUB_SERVICE_PREFIX}}proxy/{{port}}/status",
        **({"DASK_GATEWAY__CLUSTER__OPTIONS__ENVIRONMENT": f"{{{{{shared}}}}}"} if buckets else {}),
    }


def _proxy(subject: Subject) -> str:
    """Return the proxy's address inside the cluster, without encryption."""
    encrypts = subject.look_up("proxy", "https", "enabled") is True
    return (
        f"http://{subject.named('proxy-http')}:8000"
        if encrypts
        else f"http://{subject.named('proxy-public')}"
    )
