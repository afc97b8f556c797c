"""Services of a hub: Dask Gateway, BinderHub, the exporter of groups, and who may use them."""

from __future__ import annotations

import pytest

from tests.render.topics.making import computed

DASK = "dask-gateway: {enabled: true}"
BINDER = "binderhub-service: {enabled: true}"


def test_a_gateway_is_a_service_of_the_hub_that_servers_know() -> None:
    assert computed("Dask Gateway", DASK) == {
        "jupyterhub": {
            "hub": {
                "services": {"dask-gateway": {"display": False, "url": "http://traefik-hub-dask-gateway.hub"}}
            },
            "singleuser": {
                "defaultUrl": "/lab",
                "extraEnv": {
                    "DASK_GATEWAY__ADDRESS": "http://proxy-public/services/dask-gateway/",
                    "DASK_GATEWAY__PROXY_ADDRESS": "gateway://traefik-hub-dask-gateway.hub:80",
                    "DASK_GATEWAY__PUBLIC_ADDRESS": "/services/dask-gateway/",
                    "DASK_GATEWAY__AUTH__TYPE": "jupyterhub",
                    "DASK_GATEWAY__CLUSTER__OPTIONS__IMAGE": "{{JUPYTER_IMAGE_SPEC}}",
                    "DASK_DISTRIBUTED__DASHBOARD__LINK": "{{JUPYTERHUB_SERVICE_PREFIX}}proxy/{{port}}/status",
                },
                "extraLabels": {"hub.jupyter.org/network-access-proxy-http": "true"},
            },
        }
    }


def environment(values: str) -> dict[str, str]:
    found: dict[str, str] = computed("Dask Gateway", values)["jupyterhub"]["singleuser"]["extraEnv"]
    return found


def test_workers_are_told_the_buckets_that_servers_know() -> None:
    values = f"{DASK}\njupyterhub: {{singleuser: {{extraEnv: {{SCRATCH_BUCKET: s3://a, OTHER: b}}}}}}"
    found = environment(values)["DASK_GATEWAY__CLUSTER__OPTIONS__ENVIRONMENT"]
    assert found == '{{"SCRATCH_BUCKET": "$(SCRATCH_BUCKET)"}}'


@pytest.mark.parametrize(
    ("jupyterhub", "address", "public"),
    [
        ("{hub: {baseUrl: /hubs/one}}", "http://proxy-public/hubs/one/", "/hubs/one/"),
        ("{proxy: {https: {enabled: true}}}", "http://proxy-http:8000/", "/"),
        ("{fullnameOverride: jhub}", "http://jhub-proxy-public/", "/"),
    ],
)
def test_addresses_follow_names_path_and_encryption(jupyterhub: str, address: str, public: str) -> None:
    found = environment(f"{DASK}\njupyterhub: {jupyterhub}")
    assert found["DASK_GATEWAY__ADDRESS"] == f"{address}services/dask-gateway/"
    assert found["DASK_GATEWAY__PUBLIC_ADDRESS"] == f"{public}services/dask-gateway/"


def test_a_gateway_that_servers_are_not_to_know_still_has_its_token() -> None:
    values = f"{DASK}\njupyterhub: {{custom: {{daskhubSetup: {{enabled: false}}}}}}"
    assert computed("Dask Gateway", values) == {
        "jupyterhub": {"hub": {"services": {"dask-gateway": {"display": False}}}}
    }
    assert computed("services of users", values) == {}


def binder(values: str) -> tuple[object, object, object]:
    found = computed("BinderHub", values)
    hub = found["jupyterhub"]["hub"]
    environ = {each["name"]: each.get("value") for each in found["binderhub-service"]["extraEnv"]}
    return hub["services"]["binder"], hub["loadRoles"]["binder"], environ


def test_binderhub_is_a_service_that_asks_the_hub_who_people_are() -> None:
    callback = "https://hub.example.org/services/binder/oauth_callback"
    assert binder(BINDER) == (
        {
            "display": False,
            "oauth_client_id": "service-binder",
            "oauth_no_confirm": True,
            "oauth_redirect_uri": callback,
            "url": "http://binderhub:8090",
        },
        {"services": ["binder"], "scopes": ["servers", "read:users"]},
        {
            "JUPYTERHUB_API_TOKEN": None,
            "JUPYTERHUB_CLIENT_ID": "service-binder",
            "JUPYTERHUB_API_URL": "http://hub.hub.svc.cluster.local:8081/hub/api",
            "JUPYTERHUB_BASE_URL": "https://hub.example.org/",
            "JUPYTERHUB_OAUTH_CALLBACK_URL": callback,
        },
    )


def test_binderhub_with_a_page_of_its_own_brings_people_back_there() -> None:
    service, role, _ = binder(
        "binderhub-service:\n"
        "  enabled: true\n"
        "  ingress: {enabled: true, hosts: [binder.example.org]}\n"
        "  config: {BinderHub: {base_url: /, auth_enabled: false}}\n"
    )
    assert service == {
        "display": False,
        "oauth_client_id": "service-binder",
        "oauth_no_confirm": True,
        "oauth_redirect_uri": "https://binder.example.org/oauth_callback",
    }
    assert role == {"services": ["binder"], "scopes": ["servers", "admin:users"]}


GATEWAY_ACCESS = "access:services!service=dask-gateway"
BINDER_ACCESS = "access:services!service=binder"
SERVER = {"scopes": ["users:activity!user", "access:servers!server", GATEWAY_ACCESS]}


USER_OF_BOTH = {"scopes": ["self", GATEWAY_ACCESS, BINDER_ACCESS]}


@pytest.mark.parametrize(
    ("values", "roles"),
    [
        (DASK, {"user": {"scopes": ["self", GATEWAY_ACCESS]}, "server": SERVER}),
        (BINDER, {"user": {"scopes": ["self", BINDER_ACCESS]}}),
        (f"{DASK}\n{BINDER}", {"user": USER_OF_BOTH, "server": SERVER}),
    ],
)
def test_users_may_use_the_services_that_there_are(values: str, roles: dict[str, object]) -> None:
    assert computed("services of users", values) == {"jupyterhub": {"hub": {"loadRoles": roles}}}


@pytest.mark.parametrize("topic", ["Dask Gateway", "BinderHub", "groups exporter", "services of users"])
def test_a_hub_without_services_is_told_of_none(topic: str) -> None:
    assert computed(topic) == {}


@pytest.mark.parametrize("said", ["{enabled: true}", "{config: {groupsExporter: {allowed_groups: [a]}}}"])
def test_who_says_something_of_the_exporter_has_it(said: str) -> None:
    assert computed("groups exporter", f"jupyterhub-groups-exporter: {said}") == {
        "jupyterhub-groups-exporter": {"enabled": True},
        "jupyterhub": {
            "hub": {
                "services": {"jupyterhub-groups-exporter": {}},
                "loadRoles": {
                    "jupyterhub-groups-exporter": {
                        "services": ["jupyterhub-groups-exporter"],
                        "scopes": ["list:users", "read:users", "list:groups", "read:groups"],
                    }
                },
            }
        },
    }


def test_who_does_not_want_the_exporter_has_none() -> None:
    assert computed("groups exporter", "jupyterhub-groups-exporter: {enabled: false, config: {}}") == {}


def test_builds_are_kept_from_the_clouds_metadata_unless_a_hub_speaks_of_it() -> None:
    assert computed("BinderHub's builds", BINDER) == {
        "binderNetworkPolicy": {"enabled": True},
        "binderhub-service": {"networkPolicy": {"enabled": False}},
    }
    for said in ("true", "false"):
        own = f"binderhub-service: {{enabled: true, networkPolicy: {{enabled: {said}}}}}"
        assert computed("BinderHub's builds", own) == {}
    assert computed("BinderHub's builds", "{}") == {}
