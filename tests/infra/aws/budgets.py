"""Budgets: changes, subscribers of notifications, and tags."""

from __future__ import annotations

from typing import Any

from moto.budgets.models import budgets_backends

from tests.infra.aws.call import ACCOUNT, Call, Refused

_KEY = ("NotificationType", "ComparisonOperator", "Threshold")


class Budgets:
    """moto has budgets and their notifications; tags are kept here, by ARN."""

    def __init__(self) -> None:
        self._tags: dict[str, dict[str, str]] = {}

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer what moto lacks."""
        match call.action:
            case "UpdateBudget":
                new = call.body["NewBudget"]
                _budget(new["BudgetName"]).budget.update(new)
                return {}
            case "DescribeSubscribersForNotification":
                return {"Subscribers": _subscribers(call.body)}
            case "ListTagsForResource":
                tags = self._tags.get(call.body["ResourceARN"], {})
                return {"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]}
            case "TagResource":
                self._tag(call.body["ResourceARN"], call.body["ResourceTags"])
                return {}
            case "UntagResource":
                for key in call.body["ResourceTagKeys"]:
                    self._tags.get(call.body["ResourceARN"], {}).pop(key, None)
                return {}
        return None

    def complete(self, call: Call) -> None:
        """Keep the tags of a budget with it, and forget them with it."""
        if call.action == "CreateBudget":
            self._tag(_arn(call.body["Budget"]["BudgetName"]), call.body.get("ResourceTags") or [])
        elif call.action == "DeleteBudget":
            self._tags.pop(_arn(call.body["BudgetName"]), None)

    def _tag(self, arn: str, tags: list[dict[str, str]]) -> None:
        self._tags.setdefault(arn, {}).update({tag["Key"]: tag["Value"] for tag in tags})


def _arn(name: str) -> str:
    return f"arn:aws:budgets::{ACCOUNT}:budget/{name}"


def _budget(name: str) -> Any:
    budgets = budgets_backends[ACCOUNT]["aws"].budgets[ACCOUNT]
    if name not in budgets:
        raise Refused("NotFoundException", f"no such budget: {name}")
    return budgets[name]


def _subscribers(body: dict[str, Any]) -> Any:
    wanted = [body["Notification"][key] for key in _KEY]
    for notification in _budget(body["BudgetName"]).notifications:
        if [notification.details[key] for key in _KEY] == wanted:
            return notification.subscribers
    raise Refused("NotFoundException", f"no such notification of {body['BudgetName']}")
