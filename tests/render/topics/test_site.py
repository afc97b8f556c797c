"""What the hub and the site beside it know of each other."""

from __future__ import annotations

import pytest

from tests.render.topics.making import computed

SITE = "site: {enabled: true, path: docs}"
ACCESS = "access:services!service=docs"


def test_a_site_is_a_service_of_the_hub_with_a_path_of_its_own() -> None:
    assert computed("site", SITE) == {
        "site": {
            "hub": {
                "secret": "hub",
                "environment": {
                    "JUPYTERHUB_SERVICE_NAME": "docs",
                    "JUPYTERHUB_SERVICE_PREFIX": "/docs/",
                    "JUPYTERHUB_BASE_URL": "/",
                    "JUPYTERHUB_API_URL": "http://hub.hub.svc.cluster.local:8081/hub/api",
                    "JUPYTERHUB_CLIENT_ID": "service-docs",
                    "JUPYTERHUB_OAUTH_CALLBACK_URL": "/docs/oauth_callback",
                    "JUPYTERHUB_OAUTH_ACCESS_SCOPES": f'["{ACCESS}"]',
                    "SITE_MENU": "/services/docs",
                },
            }
        },
        "jupyterhub": {
            "hub": {
                "services": {
                    "docs": {
                        "url": "http://site:8080",
                        "oauth_client_id": "service-docs",
                        "oauth_redirect_uri": "/docs/oauth_callback",
                        "oauth_no_confirm": True,
                    }
                },
                "config": {"Proxy": {"extra_routes": {"/docs/": "http://site:8080"}}},
            }
        },
    }


def test_everybody_may_see_it_unless_it_is_for_groups() -> None:
    assert computed("services of users", SITE) == {
        "jupyterhub": {"hub": {"loadRoles": {"user": {"scopes": ["self", ACCESS]}}}}
    }
    for_staff = "site: {enabled: true, path: docs, groups: [staff]}"
    assert computed("services of users", for_staff) == {}
    roles = computed("site", for_staff)["jupyterhub"]["hub"]["loadRoles"]
    assert roles == {"use-docs": {"groups": ["staff"], "scopes": [ACCESS]}}


def test_it_follows_the_path_and_the_names_of_the_hub() -> None:
    values = f"{SITE}\njupyterhub: {{fullnameOverride: jhub, hub: {{baseUrl: /one}}}}"
    found = computed("site", values)
    assert found["jupyterhub"]["hub"]["config"]["Proxy"]["extra_routes"] == {"/one/docs/": "http://site:8080"}
    told = found["site"]["hub"]
    assert told["secret"] == "jhub-hub"
    assert told["environment"]["JUPYTERHUB_API_URL"].endswith(
        "//jhub-hub.hub.svc.cluster.local:8081/one/hub/api"
    )
    assert told["environment"]["SITE_MENU"] == "/one/services/docs"


@pytest.mark.parametrize("values", ["{}", "site: {enabled: false, path: docs}", "site: {enabled: true}"])
def test_a_hub_without_one_is_told_nothing(values: str) -> None:
    assert computed("site", values) == {}
    assert computed("services of users", values) == {}
