"""The local AWS itself, where Terraform would not show what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

pytestmark = pytest.mark.integration


def call(
    aws: dict[str, str],
    service: str,
    path: str = "/",
    action: str = "",
    body: dict[str, Any] | None = None,
    invocation: str = "",
) -> requests.Response:
    """Call an API as a client does, with a signature that nobody checks: an action, or getting a path.

    A client that tries again what may have failed names the same `invocation`.
    """
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential=nobody/20260101/us-west-2/{service}/aws4_request, "
        "SignedHeaders=host, Signature=none"
    }
    if invocation:
        headers["Amz-Sdk-Invocation-Id"] = invocation
    if action:
        headers |= {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": action}
    return requests.request(
        "POST" if action else "GET",
        aws["AWS_ENDPOINT_URL"] + path,
        headers=headers,
        data=json.dumps(body or {}) if action else None,
        timeout=60,
    )


def test_what_it_does_not_have_is_refused_at_once_and_named(local_aws: dict[str, str]) -> None:
    """An error of the server would be tried again and again, and a missing page taken for a missing thing."""
    answer = call(local_aws, "ce", action="AWSInsightsIndexService.GetAnomalies")
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (400, "NotImplemented")
    assert answer.json()["message"].startswith("moto lacks: ce: ")
    answer = call(local_aws, "eks", path="/clusters/alps/insights/1")
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (400, "NotImplemented")
    assert answer.json()["message"] == "moto lacks: eks: GET /clusters/alps/insights/1"


def test_what_is_not_there_is_not_found_as_each_service_says_it(local_aws: dict[str, str]) -> None:
    answer = call(local_aws, "eks", path="/clusters/alps/addons/coredns")
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (404, "ResourceNotFoundException")
    answer = call(local_aws, "dlm", path="/policies/policy-1/")
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (404, "ResourceNotFoundException")
    answer = call(local_aws, "eks", path="/clusters/alps/access-entries/arn:aws:iam::123456789012:role%2Fx")
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (404, "ResourceNotFoundException")
    answer = call(local_aws, "backup", path="/backup/plans/1/selections/2")
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (400, "InvalidParameterValueException")
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 90}
    answer = call(
        local_aws,
        "budgets",
        action="AWSBudgetServiceGateway.DescribeSubscribersForNotification",
        body={"AccountId": "123456789012", "BudgetName": "alps", "Notification": notification},
    )
    assert (answer.status_code, answer.json()["__type"]) == (400, "NotFoundException")


def test_costs_are_reported_from_one_region_only(local_aws: dict[str, str]) -> None:
    """A report that is asked for elsewhere would be a slip that AWS does not forgive."""
    answer = call(local_aws, "cur", action="AWSOrigamiServiceGatewayService.DescribeReportDefinitions")
    assert (answer.status_code, answer.json()["__type"]) == (400, "ValidationException")


def test_what_is_asked_again_is_done_once(local_aws: dict[str, str]) -> None:
    def make(name: str, invocation: str) -> requests.Response:
        action, body = "Logs_20140328.CreateLogGroup", {"logGroupName": name}
        return call(local_aws, "logs", action=action, body=body, invocation=invocation)

    first, again, another = make("alps", "1"), make("alps", "1"), make("alps", "2")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert (another.status_code, another.json()["__type"]) == (400, "ResourceAlreadyExistsException")
    # What was refused may be right by now.
    assert make("alps", "2").status_code == 400
    assert make("alp", "2").status_code == 200
