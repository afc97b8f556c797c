"""Azure: custom roles, and what the subscription says of permissions, resource providers and quotas.

Never run against Azure here: az 2.91 takes the argument lists, the answers are those of its documentation.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from deployer.clouds.asking import Held, Policy, Service
from deployer.clouds.asking.azure_leftovers import leftovers, where_to_look
from deployer.clouds.asking.azure_login import log_in
from deployer.clouds.asking.azure_quotas import quotas, subscription_option
from deployer.clouds.permissions import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from deployer.clouds.asking import Asker, Need
    from deployer.fleet.model import Azure, Cluster

__all__ = ["held", "leftovers", "policy", "quotas", "services", "where_to_look"]

_PERMISSIONS = "providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
_THIS_ONE = "{subscriptionId}"
"""What `az rest` fills with the subscription that is chosen."""
_REGISTERED = "Registered"


def policy(cluster: Cluster, variables: Mapping[str, Any], need: Need) -> Policy:
    """Return a custom role as `az role definition create` takes it, for the cluster's resource group."""
    known = variables.get("subscription")
    scope = f"/subscriptions/{known or 'SUBSCRIPTION'}"
    if "azurerm_resource_group" not in need.made:
        scope += f"/resourceGroups/{cast('Azure', cluster.provider).resource_group}"
    role = {
        "Name": f"Build {cluster.name}",
        "IsCustom": True,
        "Description": f"What Terraform needs for the cluster {cluster.name}, and no more",
        "Actions": sorted(need.actions),
        "NotActions": [],
        "DataActions": _data_actions(need),
        "NotDataActions": [],
        "AssignableScopes": [scope],
    }
    notices = ["make it: `az role definition create --role-definition @FILE`"]
    if not known:
        notices.append("put the id of the subscription in the place of SUBSCRIPTION")
    kept = need.state.get("azurerm", {}).get("storage_account_name")
    if kept:
        notices.append(
            f"the state is in the storage account {kept}: give `Storage Blob Data Contributor` there"
        )
    return Policy(text=json.dumps(role, indent=2) + "\n", notices=tuple(notices))


def held(asker: Asker, need: Need) -> Held:
    """Ask what the caller may do in the cluster's resource group, whatever gave it."""
    log_in(asker)
    group = cast("Azure", asker.cluster.provider).resource_group
    subscription = asker.variables.get("subscription", _THIS_ONE)
    url = f"/subscriptions/{subscription}/resourceGroups/{group}/{_PERMISSIONS}"
    said = asker.json(["az", "rest", "--method=get", f"--url={url}", "--output=json"])["value"]
    actions: dict[str, bool | None] = {
        each: any(_allows(one, "actions", "notActions", each) for one in said) for each in need.actions
    }
    actions |= {
        each: any(_allows(one, "dataActions", "notDataActions", each) for one in said)
        for each in _data_actions(need)
    }
    return Held(
        actions=actions,
        reason=f"as resource group {group} says",
        grant=f"give the role of `deployer infra preflight {asker.cluster.name} --policy`",
    )


def services(asker: Asker, need: Need) -> Sequence[Service]:
    """Say which resource providers are registered in the subscription."""
    log_in(asker)
    wanted = {each.partition("/")[0] for each in need.actions}
    argv = ["az", "provider", "list", *subscription_option(asker), "--output=json"]
    states = {each["namespace"].lower(): each["registrationState"] for each in asker.json(argv) or ()}
    found = []
    for namespace in sorted(wanted):
        state = states.get(namespace.lower(), "not known there")
        found.append(
            Service(
                name=namespace,
                enabled=state == _REGISTERED,
                enable=" ".join(
                    [f"az provider register --namespace={namespace}", *subscription_option(asker)]
                ),
                note="" if state == _REGISTERED else state,
            )
        )
    return found


def _data_actions(need: Need) -> list[str]:
    known: Mapping[str, Sequence[str]] = table("azure")["data_actions"]
    return sorted({action for kind in need.types for action in known.get(kind, ())})


def _allows(permission: Mapping[str, Any], may: str, not_: str, action: str) -> bool:
    return _matches(permission.get(may) or (), action) and not _matches(permission.get(not_) or (), action)


def _matches(patterns: Iterable[str], action: str) -> bool:
    """Say whether one of Azure's patterns is for an action: `*` is for anything, and case does not count."""
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) for pattern in patterns
    )
