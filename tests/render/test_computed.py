"""Computed values, topic by topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployer.render.computed import TOPICS
from deployer.render.subject import Subject
from tests.render.fleets import IMAGES, cluster, hub, values_file

if TYPE_CHECKING:
    from deployer.fleet.model import ValuesFile

CLOUDS = ["aws", "azure", "gcp", "kubeconfig"]


def computed(
    topic: str,
    provider: str,
    *,
    outputs: dict[str, Any] | None = None,
    hub_python: dict[str, str] | None = None,
    **jupyterhub: Any,
) -> dict[str, Any]:
    a_hub = hub()
    subject = Subject(
        cluster=cluster(provider, a_hub, outputs=outputs or {}),
        hub=a_hub,
        host="host.example.org",
        own={"jupyterhub": jupyterhub},
        hub_python=hub_python or {},
    )
    values = TOPICS[topic](subject)
    assert values.keys() <= {"jupyterhub"}
    return dict(values.get("jupyterhub", {}))


@pytest.mark.parametrize("provider", CLOUDS)
def test_a_hub_on_a_cloud_is_served_with_tls_through_the_ingress_controller(provider: str) -> None:
    assert computed("ingress", provider) == {
        "proxy": {"service": {"type": "ClusterIP"}},
        "ingress": {
            "enabled": True,
            "hosts": ["host.example.org"],
            "tls": [{"hosts": ["host.example.org"], "secretName": "https-auto-tls"}],
        },
    }


def test_a_hub_with_a_certificate_of_its_own_asks_no_issuer() -> None:
    found = of_own({"ownCertificate": {"certificate": "PEM", "key": "PEM"}})
    assert found["ingress"] == {
        "enabled": True,
        "hosts": ["host.example.org"],
        "tls": [{"hosts": ["host.example.org"], "secretName": "own-certificate"}],
        "annotations": {"cert-manager.io/cluster-issuer": None},
    }


@pytest.mark.parametrize("offered", [True, False])
def test_a_hub_with_a_route_has_no_ingress_where_the_support_offers_a_gateway(*, offered: bool) -> None:
    text = f"gatewayAPI: {{enabled: {str(offered).lower()}}}"
    found = of_own({"jupyterhub": {"httpRoute": {"enabled": True}}}, values_file("support.yaml", text))
    assert found["ingress"]["enabled"] is not offered
    assert found.get("httpRoute") == (
        {
            "hostnames": ["host.example.org"],
            "gateway": {"name": "traefik-gateway", "namespace": "support", "sectionName": "hub-hub"},
        }
        if offered
        else None
    )


def of_own(own: dict[str, Any], *support: ValuesFile) -> dict[str, Any]:
    """Return what is computed of a hub's own values about the way to it."""
    a_hub = hub()
    its_cluster = cluster("gcp", a_hub, support_files=support)
    subject = Subject(cluster=its_cluster, hub=a_hub, host="host.example.org", own=own, hub_python={})
    return dict(TOPICS["ingress"](subject)["jupyterhub"])


def test_a_local_hub_has_no_ingress_and_no_load_balancer() -> None:
    assert computed("ingress", "local") == {"proxy": {"service": {"type": "ClusterIP"}}}


@pytest.mark.parametrize("authenticator", ["github", "generic-oauth", "their.own.OAuthenticator"])
@pytest.mark.parametrize("base", ["/", "/base", "/base/"])
def test_the_oauth_callback_follows_host_and_base_url(authenticator: str, base: str) -> None:
    config = {"JupyterHub": {"authenticator_class": authenticator}}
    url = f"https://host.example.org{base.rstrip('/')}/hub/oauth_callback"
    assert computed("OAuth callback", "gcp", hub={"baseUrl": base, "config": config}) == {
        "hub": {"config": {"OAuthenticator": {"oauth_callback_url": url}}}
    }


@pytest.mark.parametrize(
    ("provider", "authenticator"),
    [
        *(("gcp", name) for name in (None, "dummy", "shared-password", "tmp", "native", "null")),
        *(("gcp", name) for name in ("nativeauthenticator:NativeAuthenticator", "a.PAMAuthenticator")),
        ("gcp", "ltiauthenticator.lti13.auth.LTI13Authenticator"),
        ("local", "github"),
    ],
)
def test_without_oauth_or_a_public_host_there_is_no_callback(
    provider: str, authenticator: str | None
) -> None:
    config = {"JupyterHub": {"authenticator_class": authenticator}}
    assert computed("OAuth callback", provider, hub={"config": config}) == {}


def test_the_health_check_gets_a_service_whose_role_is_about_its_user_only() -> None:
    assert computed("health check", "gcp") == {
        "custom": {
            "deployer": {"health_check": {"service": "deployer-health", "user": "deployer-health-check"}}
        },
        "hub": {
            "services": {"deployer-health": {}},
            "loadRoles": {
                "deployer-health": {
                    "services": ["deployer-health"],
                    "scopes": [
                        "admin:users!user=deployer-health-check",
                        "servers!user=deployer-health-check",
                        "access:servers!user=deployer-health-check",
                    ],
                }
            },
        },
    }


def test_hub_side_python_becomes_entries_of_a_map_in_order_of_their_names() -> None:
    files = {"b.py": "b = 1\n", "a.py": "a = 1\n"}
    directory = "/usr/local/etc/jupyterhub/jupyterhub_config.d"
    expected = {
        "a": {"mountPath": f"{directory}/10-a.py", "stringData": "a = 1\n"},
        "b": {"mountPath": f"{directory}/10-b.py", "stringData": "b = 1\n"},
    }
    found = computed("hub-side Python", "gcp", hub_python=files)["hub"]["extraFiles"]
    assert list(found.items()) == list(expected.items())


def test_images_of_the_clusters_own_are_used_and_not_pulled_when_there() -> None:
    def image(part: str) -> dict[str, Any]:
        return {"image": {"name": f"deployer.local/{part}", "tag": "1", "pullPolicy": "IfNotPresent"}}

    assert computed("images", "local", outputs={"images": IMAGES}) == {
        "hub": image("hub"),
        "proxy": {"chp": image("proxy")},
        "singleuser": image("user"),
    }
    assert computed("images", "local", outputs={"provider": "kind"}) == {}
