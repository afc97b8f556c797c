"""Identities of servers, teams as groups, staff, and the nodes on which they all run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.render.topics.making import computed

SERVER = {"jupyterhub": {"singleuser": {"serviceAccountName": "user-sa"}}}


@pytest.mark.parametrize(
    ("provider", "annotations"),
    [
        ("aws", {"eks.amazonaws.com/role-arn": "arn:aws:iam::012345678901:role/aws-hub"}),
        ("gcp", {"iam.gke.io/gcp-service-account": "gcp-hub@project.iam.gserviceaccount.com"}),
        ("azure", None),
        ("kubeconfig", None),
        ("local", None),
    ],
)
def test_servers_have_the_identity_that_the_cloud_calls_as_the_hub(
    provider: str, annotations: dict[str, str] | None
) -> None:
    account = {} if annotations is None else {"userServiceAccount": {"annotations": annotations}}
    assert computed("user service account", provider=provider) == {**SERVER, **account}


def test_servers_on_azure_ask_for_the_identity_that_the_infrastructure_told_of() -> None:
    made = {"hub_identities": {"hub": "client", "other": "x"}}
    assert computed("user service account", provider="azure", outputs=made) == {
        "jupyterhub": {
            "singleuser": {
                "extraLabels": {"azure.workload.identity/use": "true"},
                "serviceAccountName": "user-sa",
            }
        },
        "userServiceAccount": {"annotations": {"azure.workload.identity/client-id": "client"}},
    }
    del made["hub_identities"]["hub"]
    assert computed("user service account", provider="azure", outputs=made) == SERVER


def test_a_hub_may_do_without_a_service_account() -> None:
    assert computed("user service account", "userServiceAccount: {enabled: false}") == {}


def github(config: str) -> Any:
    found = computed("GitHub teams", f"jupyterhub: {{hub: {{config: {{JupyterHub: {config}}}}}}}")
    return found and found["jupyterhub"]["hub"]["config"]["GitHubOAuthenticator"]


def test_a_hub_on_github_knows_teams() -> None:
    assert github("{authenticator_class: github}") == {
        "auth_refresh_age": 0,
        "enable_auth_state": True,
        "populate_teams_in_auth_state": True,
        "scope": ["read:org"],
        "manage_groups": True,
    }


def test_groups_of_the_hubs_own_are_not_taken_over() -> None:
    assert "manage_groups" not in github("{authenticator_class: github, load_groups: {a: {users: [b]}}}")


@pytest.mark.parametrize("config", ["{}", "{authenticator_class: google}"])
def test_other_hubs_have_no_teams(config: str) -> None:
    assert github(config) == {}


def staff(custom: str, **names: tuple[str, ...]) -> Any:
    found = computed("staff", f"jupyterhub: {{custom: {{2i2c: {custom}}}}}", staff=names)
    return found and found["jupyterhub"]["custom"]["deployer"]["staff"]


WANTED = "add_staff_user_ids_to_admin_users: true, add_staff_user_ids_of_type:"


def test_staff_of_the_organisation_and_of_the_hub_are_told_by_where_they_log_in() -> None:
    names = {"github": ("one", "two"), "google": ("one@example.org",)}
    assert staff(f"{{{WANTED} github, staff_github_ids: [two, three]}}", **names) == ["one", "two", "three"]
    assert staff(f"{{{WANTED} google}}", **names) == ["one@example.org"]


@pytest.mark.parametrize(
    "custom",
    [
        "{add_staff_user_ids_of_type: github}",
        "{add_staff_user_ids_to_admin_users: false, add_staff_user_ids_of_type: github}",
        f"{{{WANTED} cilogon}}",
    ],
)
def test_nobody_is_told_where_nobody_is_wanted_or_known(custom: str) -> None:
    assert staff(custom, github=("one",)) == {}


REQUIRED = {"nodeAffinity": {"matchNodePurpose": "require"}}


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp", "kubeconfig", "local"])
def test_in_clouds_pods_stay_on_nodes_of_their_purpose(provider: str) -> None:
    required = {"jupyterhub": {"scheduling": {"corePods": REQUIRED, "userPods": REQUIRED}}}
    expected = required if provider in ("aws", "azure", "gcp") else {}
    assert computed("node purposes", provider=provider) == expected


@pytest.mark.parametrize(("replicas", "makes_room"), [("2", True), ("0", False), ("null", False)])
def test_placeholders_make_room_for_users(replicas: str, makes_room: bool) -> None:
    values = f"jupyterhub: {{scheduling: {{userPlaceholder: {{replicas: {replicas}}}}}}}"
    expected = {"jupyterhub": {"scheduling": {"podPriority": {"enabled": True}}}} if makes_room else {}
    assert computed("user placeholders", values) == expected


def test_a_local_hub_does_without_what_needs_other_nodes_or_a_registry() -> None:
    anywhere = {"extraPodConfig": {"nodeSelector": None}}
    assert computed("local node", provider="local") == {
        "jupyterhub": {"scheduling": {"userScheduler": {"enabled": False}}},
        "dask-gateway": {"gateway": {"backend": {"scheduler": anywhere, "worker": anywhere}}},
        "binderhub-service": {
            "config": {"KubernetesBuildExecutor": {"node_selector": None}},
            "dockerApi": {"nodeSelector": None},
        },
    }


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp", "kubeconfig"])
def test_a_hub_on_a_cloud_keeps_all_of_that(provider: str) -> None:
    assert computed("local node", provider=provider) == {}
