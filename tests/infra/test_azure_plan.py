"""What Terraform would make on Azure of three clusters, and what it would do to them later.

After an intended change: `pytest tests/infra/test_azure_plan.py -m integration --update-golden`, and read the
difference. Nothing is made: what Azure says to all that is not proven here.
"""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.operations.infra.changes import changes, guarded
from tests.infra.azure.offline import Root, token_server, told
from tests.infra.offline import made_fleet, variables
from tests.infra.root import found_here

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.golden.comparison import Golden

pytestmark = pytest.mark.integration

CLUSTERS = sorted((Path(__file__).parent / "azure/clusters").glob("*/cluster.yaml"))
RICH = Path(__file__).parent / "azure/clusters/rich/cluster.yaml"
GROUP = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rich-hubs"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/rich"
SUBNET = f"{NETWORK}/subnets/rich-nodes"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/rich-prod"
AKS = "azurerm_kubernetes_cluster.cluster"
LOCK = 'azurerm_management_lock.cluster["7d3443-100"]'
POOL = 'azurerm_kubernetes_cluster_node_pool.pool["small"]'
DISK = 'azurerm_managed_disk.homes["homes"]'
ACCOUNT = 'azurerm_storage_account.bucket["data"]'
IDENTITIES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/rich2c4560"
KEY = "https://rich2c4560.vault.azure.net/keys/secrets/0123456789abcdef0123456789abcdef"
NODES = {
    "client_id": "66666666-6666-6666-6666-666666666666",
    "id": f"{IDENTITIES}/rich-nodes",
    "principal_id": "77777777-7777-7777-7777-777777777777",
}
STORAGE = {
    name: f"{GROUP}/providers/Microsoft.Storage/storageAccounts/rich{name}123456"
    for name in ("data", "scratch")
}
ACCOUNTS = {name: f'azurerm_storage_account.bucket["{name}"]' for name in STORAGE}
POLICIES = {name: f'azurerm_storage_management_policy.bucket["{name}"]' for name in STORAGE}
KNOWN: dict[str, dict[str, Any]] = {
    **{ACCOUNTS[name]: {"id": account} for name, account in STORAGE.items()},
    **{
        POLICIES[name]: {"id": f"{account}/managementPolicies/default", "storage_account_id": account}
        for name, account in STORAGE.items()
    },
    "azurerm_resource_group.cluster": {"id": GROUP},
    "azurerm_virtual_network.cluster[0]": {"id": NETWORK},
    "azurerm_subnet.nodes[0]": {"id": SUBNET},
    "azurerm_public_ip.nat[0]": {
        "id": f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/rich-nat",
        "ip_address": "203.0.113.9",
    },
    "azurerm_user_assigned_identity.cluster[0]": {
        "id": f"{IDENTITIES}/rich-cluster",
        "principal_id": "88888888-8888-8888-8888-888888888888",
    },
    "azurerm_user_assigned_identity.nodes[0]": NODES,
    "azurerm_key_vault.secrets[0]": {"id": VAULT},
    "azurerm_key_vault_key.secrets[0]": {
        "id": KEY,
        "key_vault_id": VAULT,
        "resource_versionless_id": f"{VAULT}/keys/secrets",
    },
    AKS: {
        "fqdn": "rich-1.hcp.westeurope.azmk8s.io",
        "id": CLUSTER,
        "node_resource_group_id": f"{GROUP}-rich-nodes",
        "oidc_issuer_url": "https://westeurope.oic.prod-aks.azure.com/rich/",
        "identity": [{"type": "UserAssigned", "identity_ids": [f"{IDENTITIES}/rich-cluster"]}],
        "key_management_service": [{"key_vault_key_id": KEY, "key_vault_network_access": "Public"}],
        "kubelet_identity": [
            {
                "client_id": NODES["client_id"],
                "object_id": NODES["principal_id"],
                "user_assigned_identity_id": NODES["id"],
            }
        ],
    },
    LOCK: {"id": f"{CLUSTER}/providers/Microsoft.Authorization/locks/rich", "scope": CLUSTER},
    POOL: {"id": f"{CLUSTER}/agentPools/small", "kubernetes_cluster_id": CLUSTER, "vnet_subnet_id": SUBNET},
    DISK: {"id": f"{GROUP}/providers/Microsoft.Compute/disks/rich-homes"},
}
"""What Azure would have said of resources that are there already."""


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """What the provider believes."""
    with token_server() as found:
        yield found


@pytest.fixture(params=["terraform", "tofu"])
def root(
    request: pytest.FixtureRequest, repository: Path, tmp_path: Path, environ: Mapping[str, str]
) -> Root:
    """The module, ready to plan."""
    return Root(request.param, repository, tmp_path, environ)


@pytest.fixture
def one_root(repository: Path, tmp_path: Path, environ: Mapping[str, str]) -> Root:
    """The module, ready to plan by one of the programs: that both plan the same is proven above."""
    program = "tofu" if found_here("tofu", repository) else "terraform"
    return Root(program, repository, tmp_path, environ)


@pytest.fixture
def rich(tmp_path: Path) -> dict[str, Any]:
    """The variables of a cluster that has everything."""
    return variables(RICH, tmp_path / "fleet")


def test_the_module_is_valid(root: Root) -> None:
    root.run("validate")


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda path: path.parent.name)
def test_what_is_planned_is_what_it_was(cluster: Path, root: Root, tmp_path: Path, golden: Golden) -> None:
    plan = root.plan(variables(cluster, tmp_path / "fleet"))
    assert {change.kind for change in changes(plan)} == {"create"}
    golden.check(cluster.with_name("plan.yaml"), yaml.safe_dump(told(plan), sort_keys=False, width=110))


def granted(resources: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return which roles a plan grants by the assignments of a name; "" is a role that it makes."""
    start = f"azurerm_role_assignment.{name}["
    return {
        address.removeprefix(start).strip('"]'): each.get("role_definition_name", "")
        for address, each in resources.items()
        if address.startswith(start)
    }


def test_users_have_what_is_in_buckets_and_not_the_buckets(one_root: Root, rich: dict[str, Any]) -> None:
    plan = one_root.plan(rich)
    resources = told(plan)["resources"]
    reader = "Storage Blob Data Reader"
    assert granted(resources, "hub_reader") == {"research/data": reader, "teaching/data": reader}
    assert granted(resources, "hub_writer") == {"research/scratch": ""}
    assert granted(resources, "hub_role") == {"research/Monitoring Reader": "Monitoring Reader"}
    (allowed,) = resources["azurerm_role_definition.writer[0]"]["permissions"]
    containers = "Microsoft.Storage/storageAccounts/blobServices/containers"
    assert allowed["actions"] == [f"{containers}/read"]
    assert all(action.startswith(f"{containers}/blobs/") for action in allowed["data_actions"])
    # Each is given for a container, or for the role that somebody else has made and asked for.
    configured = {each["name"]: each for each in plan["configuration"]["root_module"]["resources"]}
    for name in ("hub_reader", "hub_writer"):
        scope = configured[name]["expressions"]["scope"]["references"]
        assert "azurerm_storage_container.bucket" in scope


def test_no_account_that_holds_data_takes_keys_or_old_tls(one_root: Root, rich: dict[str, Any]) -> None:
    rich["network"]["flow_logs"] = False
    resources = told(one_root.plan(rich))["resources"]
    accounts = {key: each for key, each in resources.items() if key.startswith("azurerm_storage_account.")}
    assert len(accounts) == 6
    assert {each["min_tls_version"] for each in accounts.values()} == {"TLS1_2"}
    assert {each["shared_access_key_enabled"] for each in accounts.values()} == {False}
    public = {key for key, each in accounts.items() if each["allow_nested_items_to_be_public"]}
    assert public == {'azurerm_storage_account.bucket["open-data"]'}


def test_no_password_is_in_a_plan(one_root: Root, rich: dict[str, Any]) -> None:
    resources = told(one_root.plan(rich))["resources"]
    mysql = resources['azurerm_mysql_flexible_server.database["papers"]']
    assert [key for key in mysql if "password" in key] == ["administrator_password_wo_version"]
    postgresql = resources['azurerm_postgresql_flexible_server.database["grades"]']
    (authentication,) = postgresql["authentication"]
    assert authentication["password_auth_enabled"] is False
    assert not postgresql["public_network_access_enabled"]


LOCKS = {
    "azurerm_kubernetes_cluster.cluster": "azurerm_management_lock.cluster",
    ACCOUNT: 'azurerm_management_lock.bucket["data"]',
    DISK: 'azurerm_management_lock.disk["homes"]',
    'azurerm_storage_account.homes["common"]': 'azurerm_management_lock.share["common"]',
    'azurerm_postgresql_flexible_server.database["grades"]': 'azurerm_management_lock.postgresql["grades"]',
    'azurerm_mysql_flexible_server.database["papers"]': 'azurerm_management_lock.mysql["papers"]',
}
"""What a lock lies on, and how the address of that lock begins."""


def locks(root: Root, values: Mapping[str, Any]) -> set[str]:
    return {
        each for each in told(root.plan(values))["resources"] if each.startswith("azurerm_management_lock")
    }


def test_what_is_unprotected_has_no_lock_and_all_the_rest_does(one_root: Root, rich: dict[str, Any]) -> None:
    everything = locks(one_root, rich)
    assert len(everything) == 9
    for address, lock in LOCKS.items():
        (gone,) = everything - locks(one_root, {**rich, "unprotected": [address]})
        assert gone.startswith(lock)
    assert locks(one_root, {**rich, "deletion_protection": False}) == set()


def later(root: Root, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the plan for values of later, with what matters of the former ones there already."""
    root.believe(root.plan(before), KNOWN)
    return root.plan(after)


def done(plan: dict[str, Any]) -> dict[str, str]:
    """Return what a plan does to what is there."""
    return {each.address: each.kind for each in changes(plan) if each.address in KNOWN}


def test_the_guard_stops_a_plan_that_replaces_the_subnet(one_root: Root, rich: dict[str, Any]) -> None:
    """Another range of addresses does not: Azure itself refuses that while something is in the subnet."""
    moved = {**rich, "resource_group": "elsewhere"}
    stopped = {each.address: each for each in guarded(changes(later(one_root, rich, moved)))}
    subnet = stopped["azurerm_subnet.nodes[0]"]
    assert (subnet.kind, subnet.paths) == ("replace", ("resource_group_name",))
    assert subnet.protection is not None
    assert subnet.protection.name == "network"
    assert {"azurerm_resource_group.cluster", AKS, DISK} <= stopped.keys()


def test_another_machine_type_is_a_new_pool_before_the_old_one_goes(
    one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    changed["node_pools"]["small"] |= {"machine": "Standard_E16s_v5", "generation": "abcdef"}
    plan = later(one_root, rich, changed)
    (entry,) = [each for each in plan["resource_changes"] if each["address"] == POOL]
    assert entry["change"]["actions"] == ["create", "delete"]
    assert entry["change"]["after"]["name"].startswith("small")
    assert entry["change"]["after"]["name"] != entry["change"]["before"]["name"]
    assert POOL in {each.address for each in guarded(changes(plan))}


@pytest.mark.parametrize(
    "pool",
    [{"max": 5, "min": 1}, {"labels": {"a": "b"}}, {"disk": 200}, {"tags": {"hub": "teaching"}}],
    ids="-".join,
)
def test_what_keeps_its_generation_stays_and_changes(
    pool: dict[str, Any], one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    changed["node_pools"]["small"] |= pool
    plan = later(one_root, rich, changed)
    assert done(plan)[POOL] == "update"
    assert guarded(changes(plan)) == ()


def test_kubernetes_its_core_pool_and_who_reaches_it_change_in_place(
    one_root: Root, rich: dict[str, Any]
) -> None:
    """And the lock on the cluster goes meanwhile, since it would keep the pool that was from going."""
    changed = {**copy.deepcopy(rich), "kubernetes_version": "1.34"}
    changed["network"]["allowed_ranges"] = ["203.0.113.0/24"]
    changed["node_pools"]["core"] |= {"machine": "Standard_E8s_v5", "generation": "abcdef"}
    plan = later(one_root, rich, changed)
    assert done(plan)[AKS] == "update"
    assert guarded(changes(plan)) == ()
    assert {
        change.address: change.kind for change in changes(plan) if "management_lock.cluster" in change.address
    } == {
        'azurerm_management_lock.cluster["abcdef-100"]': "create",
        LOCK: "destroy",
    }


def test_homes_grow_in_place(one_root: Root, rich: dict[str, Any]) -> None:
    changed = copy.deepcopy(rich)
    changed["home_storage"]["homes"]["size"] = 1024
    plan = later(one_root, rich, changed)
    assert done(plan)[DISK] == "update"
    assert guarded(changes(plan)) == ()


@pytest.mark.parametrize(
    ("buckets", "stopped"),
    [
        ({"scratch": {"delete_after_days": 3}}, [(POLICIES["scratch"], "update")]),
        ({"data": {"delete_after_days": 90}}, [(POLICIES["data"], "update")]),
        ({"scratch": {"delete_after_days": 30}, "more": {"delete_after_days": 1}}, []),
    ],
)
def test_objects_are_not_deleted_earlier_than_before_by_accident(
    buckets: dict[str, Any], stopped: list[tuple[str, str]], one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    for name, bucket in buckets.items():
        changed["buckets"][name] = {**changed["buckets"].get(name, {}), **bucket}
    found = guarded(changes(later(one_root, rich, changed)))
    assert [(each.address, each.kind) for each in found] == stopped


def test_homes_that_move_to_another_zone_are_guarded(one_root: Root, rich: dict[str, Any]) -> None:
    changed = copy.deepcopy(rich)
    changed["home_storage"]["homes"]["zone"] = "2"
    stopped = guarded(changes(later(one_root, rich, changed)))
    assert [(each.address, each.kind) for each in stopped] == [(DISK, "replace")]


def test_names_of_pools_are_what_aks_takes(one_root: Root, rich: dict[str, Any]) -> None:
    changed = copy.deepcopy(rich)
    pool = changed["node_pools"].pop("small")
    changed["node_pools"] |= {"notebooks-a": pool, "notebooks-b": pool}
    names = [
        each["name"]
        for address, each in told(one_root.plan(changed))["resources"].items()
        if address.startswith("azurerm_kubernetes_cluster_node_pool.")
    ]
    assert len(set(names)) == len(names) == 5
    assert all(re.fullmatch("[a-z][a-z0-9]{0,11}", name) for name in names)


def test_deployer_plans_it(
    one_root: Root, repository: Path, tmp_path: Path, environ: Mapping[str, str]
) -> None:
    """The whole road: credentials of the operator, the module, the provider, the guard."""
    made_fleet(RICH, tmp_path / "fleet")
    program = found_here("tofu", repository) or found_here("terraform", repository) or ""
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "deployer", "--root", str(tmp_path / "fleet")),
            *("infra", "plan", "rich", "--output=json"),
        ],
        env={
            "PATH": f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "DEPLOYER_STATE": str(tmp_path / "state"),
            "DEPLOYER_CACHE": str(tmp_path / "cache"),
            "ARM_SUBSCRIPTION_ID": "99999999-9999-9999-9999-999999999999",
            **one_root.source,
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["protected"] == []
    assert {"address": "azurerm_kubernetes_cluster.cluster", "action": "create"} in found["changes"]
