"""Identity and Access Management: the simulation of policies, by moto's own reading of them."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse

from tests.infra.aws.call import ACCOUNT


def add_simulation() -> None:
    """Let moto answer SimulatePrincipalPolicy, for users and what their inline policies say."""
    # Where moto looks for the answer to an action; its protocol is moto's too.
    IamResponse.simulate_principal_policy = _simulate


def _simulate(response: Any) -> ActionResult:
    user = response._get_param("PolicySourceArn").rpartition("/")[2]
    backend = iam_backends[ACCOUNT]["aws"]
    backend.get_user(user)
    policies = [IAMPolicy(backend.get_user_policy(user, name)) for name in backend.list_user_policies(user)]
    context = {
        each["ContextKeyName"]: each["ContextKeyValues"][0]
        for each in response._get_param("ContextEntries", [])
    }
    resources = response._get_param("ResourceArns", ["*"])
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": _decision(policies, action, resource, context),
            "MissingContextValues": [],
        }
        for action in response._get_param("ActionNames")
        for resource in resources
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def _decision(policies: list[Any], action: str, resource: str, context: dict[str, str]) -> str:
    said = {
        policy.is_action_permitted(action, resource, incoming_condition_values=context) for policy in policies
    }
    if PermissionResult.DENIED in said:
        return "explicitDeny"
    return "allowed" if PermissionResult.PERMITTED in said else "implicitDeny"
