from __future__ import annotations

from tests.render.features.asking import asked

SERVICE = {
    "url": "http://dashboards:3000",
    "oauth_client_id": "service-dashboards",
    "oauth_redirect_uri": "https://hub.example.org/services/dashboards/login/generic_oauth",
    "oauth_no_confirm": True,
}
ENVIRONMENT = {
    "GF_SERVER_ROOT_URL": "https://hub.example.org/services/dashboards/",
    "GF_AUTH_GENERIC_OAUTH_CLIENT_ID": "service-dashboards",
    "GF_AUTH_GENERIC_OAUTH_AUTH_URL": "https://hub.example.org/hub/api/oauth2/authorize",
    "GF_AUTH_GENERIC_OAUTH_TOKEN_URL": "http://hub.hub.svc.cluster.local:8081/hub/api/oauth2/token",
    "GF_AUTH_GENERIC_OAUTH_API_URL": "http://hub.hub.svc.cluster.local:8081/hub/api/user",
}


def test_grafana_is_a_service_of_the_hub_for_its_admins() -> None:
    assert asked("features: {dashboards: true}") == {
        "dashboards": {"enabled": True, "hub": {"secret": "hub", "environment": ENVIRONMENT}},
        "jupyterhub": {"hub": {"services": {"dashboards": SERVICE}}},
    }


def test_members_of_groups_may_see_it_too() -> None:
    hub = asked("features: {dashboards: {groups: [teachers]}}")["jupyterhub"]["hub"]
    role = {"groups": ["teachers"], "scopes": ["access:services!service=dashboards"]}
    assert hub == {"services": {"dashboards": SERVICE}, "loadRoles": {"use-dashboards": role}}


def test_it_follows_the_path_and_the_names_of_the_hub() -> None:
    own = "jupyterhub: {fullnameOverride: jhub, hub: {baseUrl: /one}}"
    told = asked("features: {dashboards: true}", own=own)["dashboards"]["hub"]
    assert told["secret"] == "jhub-hub"
    assert told["environment"]["GF_SERVER_ROOT_URL"] == "https://hub.example.org/one/services/dashboards/"
    assert told["environment"]["GF_AUTH_GENERIC_OAUTH_API_URL"] == (
        "http://jhub-hub.hub.svc.cluster.local:8081/one/hub/api/user"
    )
