"""What servers may reach: the internet or a part of it, and no more of the cluster than they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"]
_WEB = (("TCP", 80), ("TCP", 443), ("UDP", 443))


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the network policy of servers. Hub, proxy and names stay within reach: z2jh sees to that."""
    egress = [
        *([_web()] if settings["internet"] == "web" else []),
        *(_allowed(each) for each in settings["also"]),
    ]
    policy = {
        "enabled": True,
        "egress": egress,
        "egressAllowRules": {
            "cloudMetadataServer": False,
            "nonPrivateIPs": settings["internet"] == "all",
            "privateIPs": False,
        },
    }
    return {"jupyterhub": {"singleuser": {"networkPolicy": policy}}}


def _web() -> dict[str, Any]:
    return {
        "ports": [{"protocol": protocol, "port": port} for protocol, port in _WEB],
        "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": _PRIVATE}}],
    }


def _allowed(place: Mapping[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"to": [{"ipBlock": {"cidr": place["addresses"]}}]}
    ports = [{"protocol": "TCP", "port": port} for port in place["ports"]]
    return {**rule, "ports": ports} if ports else rule
