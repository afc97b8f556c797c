"""AWS: policies of IAM that name the cluster's own things, and what the account says of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from deployer.clouds.asking import Held, Policy, Service, Unanswered
from deployer.clouds.asking.aws_leftovers import leftovers, where_to_look
from deployer.clouds.asking.aws_quotas import quotas
from deployer.clouds.permissions import table
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from deployer.clouds.asking import Asker, Need
    from deployer.fleet.model import Aws, Cluster

__all__ = ["held", "leftovers", "policy", "quotas", "services", "where_to_look"]

IDENTITY_ARGV = ["aws", "sts", "get-caller-identity", "--output=json"]
_MANAGED = 6144
"""How many characters a managed policy has room for; spaces between do not count."""
_AT_ONCE = 50
"""Actions in one simulation: an argument list stays short enough to be read."""
_ASSUMED = re.compile(r"arn:[^:]+:sts::[0-9]+:assumed-role/([^/]+)/.+")
_CREATE_LINKED = "iam:CreateServiceLinkedRole"
_GOVERNMENT, _CHINA = "us-gov-", "cn-"


def policy(cluster: Cluster, variables: Mapping[str, Any], need: Need) -> Policy:
    """Return a policy of IAM, with the beginning of the cluster's names wherever actions take names."""
    kept = _state(variables, need)
    parts = _packed([*_statements(cluster, variables, need), *([kept] if kept else [])])
    text = json.dumps(parts if len(parts) > 1 else parts[0], indent=2) + "\n"
    if len(parts) == 1:
        return Policy(text=text)
    several = f"a list of {len(parts)} policies: one has room for {_MANAGED:,} characters; give all of them"
    return Policy(text=text, notices=(several,))


def held(asker: Asker, need: Need) -> Held:
    """Simulate each action on the resources that the policy has it for."""
    who = _principal(asker)
    if who.endswith(":root"):
        return Held(actions=dict.fromkeys(need.actions, True), reason="the account's root may do everything")
    found: dict[str, bool | None] = {}
    for group in _statements(asker.cluster, asker.variables, need):
        found |= _simulated(asker, who, group["Action"], group["Resource"])
    kept = _state(asker.variables, need)
    if kept:
        # The same actions on other buckets may be allowed or not.
        said = _simulated(asker, who, kept["Action"], kept["Resource"])
        found |= {f"{action} on {kept['Resource'][0]}": may for action, may in said.items()}
    return Held(
        actions=found,
        reason=f"as a simulation for {who} says",
        grant=f"give {who} the policy of `deployer infra preflight {asker.cluster.name} --policy`",
    )


def services(asker: Asker, need: Need) -> Sequence[Service]:
    """Say which roles of AWS's services are there; AWS makes each at its first use, if that is allowed."""
    linked = table("aws")["service_roles"]
    wanted = sorted({service for kind in need.types for service in linked.get(kind, ())})
    if not wanted:
        return ()
    argv = ["aws", "iam", "list-roles", "--path-prefix=/aws-service-role/", "--output=json"]
    there = {role["Path"].split("/")[2] for role in asker.json(argv)["Roles"]}
    return [
        Service(
            name=service,
            enabled=True,
            note="" if service in there else f"AWS makes its role at the first use, with {_CREATE_LINKED}",
        )
        for service in wanted
    ]


def _simulated(
    asker: Asker, who: str, actions: Sequence[str], resources: Sequence[str]
) -> dict[str, bool | None]:
    """Return of each action whether it is allowed on any of the resources: not each is for all of them."""
    decisions: dict[str, set[bool | None]] = {action: set() for action in actions}
    for start in range(0, len(actions), _AT_ONCE):
        argv = simulation_argv(asker, who, actions[start : start + _AT_ONCE], resources)
        for each in asker.json(argv)["EvaluationResults"]:
            decisions[each["EvalActionName"]] |= _decisions(each)
    return {
        action: True if True in said else None if None in said or not said else False
        for action, said in decisions.items()
    }


def simulation_argv(asker: Asker, who: str, actions: Iterable[str], resources: Iterable[str]) -> list[str]:
    """Return how IAM is asked whether somebody may do something to what is called so."""
    region = asker.variables["region"]
    context = f"ContextKeyName=aws:RequestedRegion,ContextKeyValues={region},ContextKeyType=string"
    argv = ["aws", "iam", "simulate-principal-policy", f"--policy-source-arn={who}", "--action-names"]
    argv += [*actions]
    concrete = sorted({each.replace("*", "x") for each in resources if each != "*"})
    if concrete:
        argv += ["--resource-arns", *concrete]
    return [*argv, f"--context-entries={context}", "--output=json"]


def _decisions(result: Mapping[str, Any]) -> set[bool | None]:
    """Return what a result says, of all resources together and of each."""
    each = [each["EvalResourceDecision"] for each in result.get("ResourceSpecificResults", ())]
    if "allowed" in (result["EvalDecision"], *each):
        return {True}
    # Something else than we told the simulation decides, such as a tag.
    return {None if result.get("MissingContextValues") else False}


def _principal(asker: Asker) -> str:
    """Return the user or role that the credentials are of, as IAM knows it."""
    aws = cast("Aws", asker.cluster.provider)
    identity = asker.json(IDENTITY_ARGV)
    if identity["Account"] != aws.account:
        raise DeployerError(
            f"{asker.cluster.name}: wrong account: the credentials are of {identity['Account']}, "
            f"expected {aws.account}",
            hint="nothing was asked; log in to the other account",
        )
    arn: str = identity["Arn"]
    assumed = _ASSUMED.fullmatch(arn)
    if assumed is None:
        return arn
    # A session's name says nothing of the path of its role.
    try:
        role = asker.json(["aws", "iam", "get-role", f"--role-name={assumed[1]}", "--output=json"])
    except Unanswered:
        return f"arn:{_partition(aws.region)}:iam::{aws.account}:role/{assumed[1]}"
    return str(role["Role"]["Arn"])


def _statements(cluster: Cluster, variables: Mapping[str, Any], need: Need) -> Iterator[dict[str, Any]]:
    """Yield a statement for all actions on the same resources."""
    names: Mapping[str, Sequence[str]] = table("aws")["names"]
    regional: Sequence[str] = table("aws")["regional"]
    regions = _regions(variables)
    grouped: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for action in sorted(need.actions):
        begins = max((each for each in names if action.startswith(each)), key=len, default=None)
        resources = _filled(names[begins], cluster, variables) if begins else ("*",)
        bound = resources == ("*",) and action.startswith(tuple(regional))
        grouped.setdefault((resources, bound), []).append(action)
    for (resources, bound), actions in sorted(grouped.items()):
        statement: dict[str, Any] = {"Effect": "Allow", "Action": actions, "Resource": list(resources)}
        if bound:
            statement["Condition"] = {"StringEquals": {"aws:RequestedRegion": regions}}
        yield statement


def _state(variables: Mapping[str, Any], need: Need) -> dict[str, Any] | None:
    """Return the statement for the bucket that keeps the state, None when it is kept elsewhere."""
    bucket = need.state.get("s3", {}).get("bucket")
    if not bucket:
        return None
    arn = f"arn:{_partition(variables['region'])}:s3:::{bucket}"
    return {"Effect": "Allow", "Action": table("aws")["state"]["s3"], "Resource": [arn, f"{arn}/*"]}


def _packed(statements: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return as few policies as hold the statements in their order, each short enough for IAM."""
    parts: list[dict[str, Any]] = []
    for each in statements:
        if parts:
            longer = {**parts[-1], "Statement": [*parts[-1]["Statement"], each]}
            if len(json.dumps(longer, separators=(",", ":"))) <= _MANAGED:
                parts[-1] = longer
                continue
        parts.append({"Version": "2012-10-17", "Statement": [each]})
    return parts


def _filled(patterns: Iterable[str], cluster: Cluster, variables: Mapping[str, Any]) -> tuple[str, ...]:
    given = [each for each in (variables.get("identities") or {}).values() if each]
    facts = {
        "account": variables["account"],
        "cluster": variables["cluster_name"],
        "name": cluster.name,
        "partition": _partition(variables["region"]),
        "region": variables["region"],
    }
    filled = [each.format(**facts) for each in patterns if each != "{given}"]
    return (*filled, *(given if "{given}" in patterns else ()))


def _regions(variables: Mapping[str, Any]) -> list[str]:
    """Return the cluster's region and those in which copies of snapshots are kept."""
    copies = [each.get("snapshots") or {} for each in variables.get("home_storage", {}).values()]
    return sorted({variables["region"], *(each["region"] for each in copies if each.get("region"))})


def _partition(region: str) -> str:
    if region.startswith(_GOVERNMENT):
        return "aws-us-gov"
    return "aws-cn" if region.startswith(_CHINA) else "aws"
