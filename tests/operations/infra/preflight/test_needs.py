"""What plans and modules take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.operations.infra.preflight.needs import of_module, of_plan

if TYPE_CHECKING:
    from pathlib import Path


def change(kind: str, *actions: str, mode: str = "managed", after: Any = None) -> dict[str, Any]:
    return {
        "address": f"{kind}.x",
        "type": kind,
        "mode": mode,
        "change": {"actions": list(actions), "before": None, "after": after},
    }


def test_a_plan_takes_what_its_changes_take_and_reads_all_the_rest() -> None:
    plan = {
        "resource_changes": [
            change("aws_nat_gateway", "create"),
            change("aws_eip", "no-op"),
            change("aws_budgets_budget", "update"),
            change("aws_iam_role_policy_attachment", "delete"),
            change("aws_route53_zone", "read", mode="data"),
        ],
        "prior_state": {
            "values": {"root_module": {"resources": [{"type": "aws_availability_zones", "mode": "data"}]}}
        },
    }
    found = of_plan("aws", plan, {"s3": {"bucket": "states"}})
    assert found.need.actions == {
        "budgets:ListTagsForResource",
        "budgets:ModifyBudget",
        "budgets:TagResource",
        "budgets:UntagResource",
        "budgets:ViewBudget",
        "ec2:CreateNatGateway",
        "ec2:CreateTags",
        "ec2:DescribeAddresses",
        "ec2:DescribeAddressesAttribute",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeNatGateways",
        "iam:DetachRolePolicy",
        "iam:ListAttachedRolePolicies",
        "route53:GetHostedZone",
        "route53:ListHostedZones",
        "route53:ListHostedZonesByName",
        "route53:ListResourceRecordSets",
        "route53:ListTagsForResource",
    }
    assert found.need.made == {"aws_nat_gateway"}
    assert found.need.state == {"s3": {"bucket": "states"}}
    assert (found.made, found.unknown) == ({"aws_nat_gateway": 1}, ())


def test_what_a_plan_enables_and_how_many_it_makes_is_told() -> None:
    service = "google_project_service"
    plan = {
        "resource_changes": [
            change(service, "create", after={"service": "compute.googleapis.com"}),
            change(service, "no-op", after={"service": "iam.googleapis.com"}),
            change("google_compute_disk", "create"),
            change("google_compute_disk", "delete", "create"),
            change("google_compute_disk", "update"),
        ]
    }
    found = of_plan("gcp", plan, {})
    assert found.need.enables == {"compute.googleapis.com"}
    assert found.made == {service: 1, "google_compute_disk": 2}


def test_what_nobody_told_us_the_needs_of_is_told() -> None:
    plan = {"resource_changes": [change("aws_new_thing", "create"), change("terraform_data", "create")]}
    assert of_plan("aws", plan, {}).unknown == ("aws_new_thing",)


def test_a_whole_module_takes_the_life_of_all_that_it_has(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text('resource "aws_ce_cost_allocation_tag" "x" {}\n')
    (tmp_path / "b.tf").write_text('data "aws_kms_key" "x" {}\n# resource "aws_vpc" "none" {}\n')
    found = of_module("aws", tmp_path, {})
    assert found.need.actions == {
        "ce:ListCostAllocationTags",
        "ce:UpdateCostAllocationTagsStatus",
        "kms:DescribeKey",
    }
    assert found.need.types == {"aws_ce_cost_allocation_tag"}
    # How many it makes is open, so that counts of the account are not looked at.
    assert found.made == {}
