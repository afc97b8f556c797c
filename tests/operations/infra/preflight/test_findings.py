"""What was asked against what is wanted."""

from __future__ import annotations

import pytest

from deployer.clouds.asking import Held, Quota, Service
from deployer.operations.infra.preflight import Preflight
from deployer.operations.infra.preflight.findings import (
    Finding,
    lines,
    not_asked,
    of_permissions,
    of_quotas,
    of_services,
    service,
)


def test_permissions_are_there_missing_or_open() -> None:
    held = Held(actions={"s3:B": False, "s3:A": True, "s3:C": None}, reason="said", grant="grant")
    assert [(each.what, each.status, each.mend) for each in of_permissions(held)] == [
        ("s3:A", "ok", ""),
        ("s3:B", "missing", "grant"),
        ("s3:C", "unknown", "grant"),
    ]


def test_services_are_enabled_or_say_how() -> None:
    found = of_services(
        [
            Service(name="a", enabled=True, enable="enable a", note="the plan enables it"),
            Service(name="b", enabled=False, enable="enable b"),
            Service(name="c", enabled=None, enable="enable c"),
        ]
    )
    assert [(each.what, each.status, each.said, each.mend) for each in found] == [
        ("a", "ok", "the plan enables it", ""),
        ("b", "missing", "", "enable b"),
        ("c", "unknown", "", "enable c"),
    ]


@pytest.mark.parametrize(
    ("wanted", "used", "status", "said"),
    [
        (5, None, "ok", "5 wanted, 5 allowed"),
        (6, None, "missing", "6 wanted, 5 allowed"),
        (2, 3.0, "ok", "2 wanted, 3 in use, 5 allowed"),
        (3, 3.0, "missing", "3 wanted, 3 in use, 5 allowed"),
    ],
)
def test_a_quota_has_to_have_room_beside_what_others_use(
    wanted: int, used: float | None, status: str, said: str
) -> None:
    (found,) = of_quotas([Quota(what="disks", wanted=wanted, limit=5.0, used=used, more="ask")])
    mend = "" if status == "ok" else "ask"
    assert found == Finding(kind="quota", what="disks", status=status, said=said, mend=mend)


def test_a_limit_that_is_not_known_is_no_limit_and_no_room() -> None:
    (found,) = of_quotas([Quota(what="disks", wanted=1, more="look", reason="no answer")])
    said = "1 wanted; the limit is not known: no answer"
    assert found == Finding(kind="quota", what="disks", status="unknown", said=said, mend="look")


def test_people_read_the_permissions_of_a_service_in_a_line() -> None:
    found = [
        Finding(kind="permission", what="s3:A", status="ok", said="x"),
        Finding(kind="permission", what="s3:B", status="ok", said="x"),
        Finding(kind="permission", what="ec2:C", status="missing", said="x"),
        Finding(kind="permission", what="ec2:D", status="missing", said="x"),
        not_asked("permission", "aws_new_thing", "our table does not say what this type takes"),
        Finding(kind="quota", what="disks", status="ok", said="1 wanted, 5 allowed"),
    ]
    assert list(lines(found)) == [
        ("missing", "permission", "ec2", "C, D"),
        ("ok", "permission", "s3", "2 actions"),
        ("unknown", "permission", "aws_new_thing", "our table does not say what this type takes"),
        ("ok", "quota", "disks", "1 wanted, 5 allowed"),
    ]


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("ec2:CreateVpc", "ec2"),
        ("Microsoft.Network/natGateways/write", "Microsoft.Network"),
        ("compute.disks.create", "compute"),
        ("iam.googleapis.com/workloadIdentityPools.create", "iam.googleapis.com"),
    ],
)
def test_actions_begin_with_their_service(action: str, name: str) -> None:
    assert service(action) == name


def test_only_what_is_missing_is_in_the_way() -> None:
    found = (
        Finding(kind="quota", what="a", status="ok"),
        Finding(kind="quota", what="b", status="missing"),
        Finding(kind="quota", what="c", status="unknown"),
    )
    result = Preflight(cluster="alps", planned=True, found=found)
    assert ([each.what for each in result.missing], [each.what for each in result.unknown]) == (["b"], ["c"])
