"""The local AWS itself, where Terraform would not show what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

pytestmark = pytest.mark.integration


def call(
    aws: dict[str, str], service: str, path: str = "/", action: str = "", body: dict[str, Any] | None = None
) -> requests.Response:
    """Call an API as a client does, with a signature that nobody checks: an action, or getting a path."""
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential=nobody/20260101/us-west-2/{service}/aws4_request, "
        "SignedHeaders=host, Signature=none"
    }
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
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 90}
    answer = call(
        local_aws,
        "budgets",
        action="AWSBudgetServiceGateway.DescribeSubscribersForNotification",
        body={"AccountId": "123456789012", "BudgetName": "alps", "Notification": notification},
    )
    assert (answer.status_code, answer.json()["__type"]) == (400, "NotFoundException")
