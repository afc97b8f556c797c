"""Azure: roles, what wildcards allow, and what az is told. The answers are those of its documentation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from deployer.clouds.asking import Leftover, Quota, Service, Wanted
from deployer.clouds.asking.azure import held, policy, services
from deployer.clouds.asking.azure_leftovers import leftovers
from deployer.clouds.asking.azure_quotas import quotas
from tests.clouds.asking.making import AZURE, VARIABLES, answer, asker, cluster, need, pool
from tests.tools.fake_runner import Call

if TYPE_CHECKING:
    from pathlib import Path

MORE = "https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas"
DISK, LOCK = "Microsoft.Compute/disks/write", "Microsoft.Authorization/locks/write"
USAGE = ["az", "vm", "list-usage", "--location=westeurope", "--subscription=sub", "--output=json"]


def test_a_role_is_for_the_resource_group_or_for_the_subscription_when_the_plan_makes_the_group() -> None:
    wanted = need(DISK, types=["azurerm_key_vault_key"], azurerm={"storage_account_name": "states"})
    made = policy(cluster(AZURE), VARIABLES[type(AZURE)], wanted)
    role = json.loads(made.text)
    assert role["Actions"] == [DISK]
    assert "Microsoft.KeyVault/vaults/keys/create/action" in role["DataActions"]
    assert role["AssignableScopes"] == ["/subscriptions/sub/resourceGroups/hubs"]
    assert made.notices == (
        "make it: `az role definition create --role-definition @FILE`",
        "the state is in the storage account states: give `Storage Blob Data Contributor` there",
    )
    wider = policy(cluster(AZURE), {}, need(DISK, made=["azurerm_resource_group"]))
    assert json.loads(wider.text)["AssignableScopes"] == ["/subscriptions/SUBSCRIPTION"]
    assert wider.notices[1] == "put the id of the subscription in the place of SUBSCRIPTION"


def test_wildcards_allow_whatever_their_case_and_another_role_may_allow_what_one_excepts() -> None:
    url = (
        "/subscriptions/sub/resourceGroups/hubs/providers/Microsoft.Authorization/permissions"
        "?api-version=2022-04-01"
    )
    argv = ["az", "rest", "--method=get", f"--url={url}", "--output=json"]
    contributor = {
        "actions": ["*"],
        "notActions": ["Microsoft.Authorization/*/Write"],
        "dataActions": ["Microsoft.KeyVault/vaults/keys/*"],
    }
    locks = {"actions": ["microsoft.authorization/LOCKS/*"], "notActions": [], "dataActions": []}
    grant = "Microsoft.Authorization/roleAssignments/write"
    wanted = need(DISK, LOCK, grant, types=["azurerm_key_vault_key"])
    asking, runner = asker(AZURE, answer(argv, {"value": [contributor, locks]}))
    found = held(asking, wanted).actions
    assert {each: found[each] for each in (DISK, LOCK, grant)} == {DISK: True, LOCK: True, grant: False}
    assert found["Microsoft.KeyVault/vaults/keys/create/action"] is True
    assert found["Microsoft.KeyVault/vaults/keyrotationpolicies/read"] is False
    assert runner.all_used()


def test_resource_providers_have_to_be_registered() -> None:
    argv = ["az", "provider", "list", "--subscription=sub", "--output=json"]
    said = [
        {"namespace": "microsoft.compute", "registrationState": "Registered"},
        {"namespace": "Microsoft.Authorization", "registrationState": "NotRegistered"},
    ]
    asking, _ = asker(AZURE, answer(argv, said))
    assert services(asking, need(DISK, LOCK)) == [
        Service(
            name="Microsoft.Authorization",
            enabled=False,
            enable="az provider register --namespace=Microsoft.Authorization --subscription=sub",
            note="NotRegistered",
        ),
        Service(
            name="Microsoft.Compute",
            enabled=True,
            enable="az provider register --namespace=Microsoft.Compute --subscription=sub",
        ),
    ]


def usage(name: str, limit: str, used: int) -> dict[str, object]:
    return {"name": {"value": name, "localizedValue": name}, "limit": limit, "currentValue": used}


def test_pools_count_for_their_family_and_for_all_and_spot_for_itself() -> None:
    skus = ["az", "vm", "list-skus", "--location=westeurope", "--size=Standard_E4s_v5", "--all"]
    networks = [
        "az",
        "network",
        "list-usages",
        "--location=westeurope",
        "--subscription=sub",
        "--output=json",
    ]
    asking, runner = asker(
        AZURE,
        answer(
            USAGE,
            [
                usage("cores", "100", 20),
                usage("standardESv5Family", "50", 0),
                usage("lowPriorityCores", "3", 0),
            ],
        ),
        answer(
            [*skus, "--subscription=sub", "--output=json"],
            [
                {"name": "Standard_E4s_v5_other", "family": "other"},
                {"name": "Standard_E4s_v5", "family": "standardESv5Family"},
            ],
        ),
        answer(networks, [usage("PublicIPAddresses", "10", 9)]),
    )
    pools = (pool("core", "Standard_E4s_v5", 3), pool("cheap", "Standard_E4s_v5", 1, spot=True))
    assert quotas(asking, Wanted(pools=pools, made={"azurerm_public_ip": 1}, new=True)) == [
        Quota(what="vCPUs on demand: all families", wanted=12, limit=100, used=20, more=MORE),
        Quota(what="vCPUs on demand: standardESv5Family", wanted=12, limit=50, used=0, more=MORE),
        Quota(what="vCPUs spot", wanted=4, limit=3, used=0, more=MORE),
        Quota(what="PublicIPAddresses", wanted=1, limit=10, used=9, more=MORE),
    ]
    assert runner.all_used()


def test_a_node_resource_group_that_stayed_is_a_leftover() -> None:
    tag = "--tag=aks-managed-cluster-name=alps-1"
    argv = ["az", "group", "list", tag, "--subscription=sub", "--output=json"]
    name = "MC_hubs_alps-1_westeurope"
    mine = {"id": f"/subscriptions/sub/resourceGroups/{name}", "name": name}
    said = [
        {**mine, "tags": {"aks-managed-cluster-rg": "hubs"}},
        {"id": "/x", "name": "x", "tags": {"aks-managed-cluster-rg": "others"}},
        {"id": "/y", "name": "y", "tags": None},
    ]
    asking, _ = asker(AZURE, answer(argv, said))
    assert leftovers(asking, ()) == [
        Leftover(name=mine["id"], delete=f"az group delete --name={name} --subscription=sub")
    ]


def test_with_a_key_az_logs_in_first_and_once_and_the_password_is_in_no_argument(tmp_path: Path) -> None:
    directory = tmp_path / "azure"
    env = {
        "ARM_CLIENT_ID": "builder",
        "ARM_CLIENT_SECRET": "marker",
        "ARM_TENANT_ID": "tenant",
        "AZURE_CONFIG_DIR": str(directory),
    }

    def logged_in(_env: object) -> None:
        assert (directory / "password").read_text() == "marker"
        (directory / "azureProfile.json").touch()

    login = ["az", "login", "--service-principal", "--tenant=tenant", "--username=builder"]
    login += ["--password", f"@{directory}/password", "--output=none"]
    group = ["az", "group", "list", "--tag=aks-managed-cluster-name=alps-1", "--subscription=sub"]
    asking, runner = asker(
        AZURE,
        Call(argv=login, effect=logged_in),
        answer([*group, "--output=json"], []),
        answer([*group, "--output=json"], []),
        env=env,
    )
    assert leftovers(asking, ()) == []
    assert leftovers(asking, ()) == []
    assert not (directory / "password").exists()
    assert runner.all_used()
