"""Answers are refused in the words of the schema, when they are given."""

from __future__ import annotations

import pytest

from deployer.operations.new import checks


@pytest.mark.parametrize(
    ("check", "answer", "wrong"),
    [
        (checks.of_cluster("name"), "us-east", None),
        (checks.of_cluster("name"), "a" * 54, "must have at most 53 characters"),
        (checks.of_cluster("aws", "region"), "Oregon", "must be an AWS region such as `us-west-2`"),
        (checks.of_cluster("gcp", "project"), "my-project", None),
        (checks.of_hub("domain"), "a.example.org", None),
        (checks.account, "012345678901", None),
        (checks.account, "12345", "must be 12 digits, leading zeros included"),
        (checks.location, "us-central1-b", None),
        (checks.location, "northamerica-northeast1", None),
        (
            checks.location,
            "Iowa",
            "must be a zone such as `us-central1-b`, or a region such as `us-central1`",
        ),
        (checks.one_line, "Höhlenforschung", None),
        (checks.one_line, "a\x1bb", "must be text without control characters"),
    ],
)
def test_an_answer_is_right_or_what_is_wrong_is_said(
    check: checks.Check, answer: str, wrong: str | None
) -> None:
    assert check(answer) == wrong


def test_a_question_is_explained_by_the_schema() -> None:
    text = "The host name under which users reach the hub."
    assert checks.explained("hubs", "domain") == text


@pytest.mark.parametrize(("place", "key"), [("us-central1-b", "zone"), ("us-central1", "region")])
def test_a_zone_is_told_from_a_region(place: str, key: str) -> None:
    assert checks.location_key(place) == key
