from __future__ import annotations

from typing import Any

import pytest

from tests.render.features.asking import asked

PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"]
WEB: dict[str, Any] = {
    "ports": [
        {"protocol": "TCP", "port": 80},
        {"protocol": "TCP", "port": 443},
        {"protocol": "UDP", "port": 443},
    ],
    "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": PRIVATE}}],
}
WITHOUT_MAIL = {
    "ports": [
        {"protocol": "TCP", "port": 1, "endPort": 24},
        {"protocol": "TCP", "port": 26, "endPort": 464},
        {"protocol": "TCP", "port": 466, "endPort": 586},
        {"protocol": "TCP", "port": 588, "endPort": 65535},
        {"protocol": "UDP", "port": 1, "endPort": 65535},
    ],
    "to": WEB["to"],
}
GIT_TOO = {**WEB, "ports": [*WEB["ports"], {"protocol": "TCP", "port": 22}]}


@pytest.mark.parametrize(
    ("settings", "everywhere", "egress"),
    [
        ("true", True, []),
        ("{internet: web}", False, [WEB]),
        ("{internet: web, ports: [22]}", False, [GIT_TOO]),
        ("{internet: without_mail}", False, [WITHOUT_MAIL]),
        ("{internet: none}", False, []),
        (
            "{internet: none, also: [{addresses: 192.0.2.1/32, ports: [27000]}, {addresses: 2001:db8::/64}]}",
            False,
            [
                {
                    "to": [{"ipBlock": {"cidr": "192.0.2.1/32"}}],
                    "ports": [{"protocol": "TCP", "port": 27000}],
                },
                {"to": [{"ipBlock": {"cidr": "2001:db8::/64"}}]},
            ],
        ),
    ],
)
def test_servers_reach_what_is_said_and_never_the_clusters_own_network(
    settings: str, everywhere: bool, egress: list[dict[str, Any]]
) -> None:
    policy = {
        "enabled": True,
        "egress": egress,
        "egressAllowRules": {
            "cloudMetadataServer": False,
            "nonPrivateIPs": everywhere,
            "privateIPs": False,
        },
    }
    expected = {"jupyterhub": {"singleuser": {"networkPolicy": policy}}}
    assert asked(f"features: {{network: {settings}}}") == expected
