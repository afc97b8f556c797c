"""What servers may reach: the internet or a part of it, and no more of the cluster than they need.

Dask's schedulers and workers may reach the same: `templates/dask-network-policies.yaml` reads these values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from deployer.render.subject import Subject

_PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"]
_WEB = (("TCP", 80), ("TCP", 443), ("UDP", 443))
_MAIL = (25, 465, 587)
_LAST = 65535


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the network policy of servers. Hub, proxy and names stay within reach: z2jh sees to that."""
    egress = [
        *_internet(settings),
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


def _internet(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    match settings["internet"]:
        case "web":
            ports = [*_WEB, *(("TCP", port) for port in settings["ports"])]
            return [_reached([{"protocol": protocol, "port": port} for protocol, port in ports])]
        case "without_mail":
            return [_reached([*_around(_MAIL), {"protocol": "UDP", "port": 1, "endPort": _LAST}])]
        case _:
            return []


def _around(closed: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Yield the TCP ports but those: a policy only knows what is allowed."""
    first = 1
    for port in closed:
        yield {"protocol": "TCP", "port": first, "endPort": port - 1}
        first = port + 1
    yield {"protocol": "TCP", "port": first, "endPort": _LAST}


def _reached(ports: list[dict[str, Any]]) -> dict[str, Any]:
    return {"ports": ports, "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": _PRIVATE}}]}


def _allowed(place: Mapping[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"to": [{"ipBlock": {"cidr": place["addresses"]}}]}
    ports = [{"protocol": "TCP", "port": port} for port in place["ports"]]
    return {**rule, "ports": ports} if ports else rule
