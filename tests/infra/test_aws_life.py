"""The life of a cluster on AWS: made, found as it should be, changed in place, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.root import root_for

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

VALUES: dict[str, Any] = {
    "account": "123456789012",
    "budget": {"monthly": 1000, "alert_emails": ["operator@example.org"]},
    "buckets": {
        # Without days: the provider watches rules of buckets for a minute, and one test may.
        "data": {"public_read": True, "versioning": True},
        "scratch": {},
    },
    "cluster_name": "alps",
    "home_storage": {
        "homes": {"kind": "disk", "size": 100, "snapshots": {"keep": 7}},
        "shared": {"kind": "share", "snapshots": {"keep": 7}},
    },
    "kubernetes_version": "1.32",
    "name": "alps",
    "node_pools": {
        "core": {"generation": "a", "machine": "r6i.large", "max": 3, "min": 1},
        "small": {
            "generation": "a",
            "labels": {"hub.jupyter.org/node-purpose": "user"},
            "machine": "r6i.xlarge",
            "max": 50,
            "min": 0,
            "tags": {"hub": "research"},
            "taints": [{"effect": "NoSchedule", "key": "hub.jupyter.org/dedicated", "value": "user"}],
        },
    },
    "permissions": {"research": {"read": ["data"], "service_account": "user-sa", "write": ["scratch"]}},
    "region": "us-west-2",
    "zones": ["us-west-2a", "us-west-2b"],
}
CHANGED: dict[str, Any] = {
    "budget": {"monthly": 2000, "alert_emails": ["operator@example.org"]},
    "home_storage": {
        "homes": {"kind": "disk", "size": 200, "snapshots": {"keep": 14}},
        "shared": {"kind": "share", "snapshots": {"keep": 14}},
    },
    "network": {"allowed_ranges": ["192.0.2.0/24"]},
    "node_pools": {
        "core": {"generation": "a", "machine": "r6i.large", "max": 6, "min": 1},
        "small": {
            "generation": "a",
            "disk": 200,
            "labels": {"hub.jupyter.org/node-purpose": "user", "size": "small"},
            "machine": "r6i.xlarge",
            "max": 60,
            "min": 0,
            "tags": {"hub": "teaching"},
            "taints": [{"effect": "NoSchedule", "key": "hub.jupyter.org/dedicated", "value": "user"}],
        },
    },
    "permissions": {"research": {"service_account": "user-sa", "write": ["data", "scratch"]}},
    "tags": {"team": "physics"},
}
"""What may change while people work: nothing is made anew for it. Tags reach all services."""


CONTROL_PLANE = {
    "aws_eks_addon.network": ["update"],
    'aws_eks_addon.on_nodes["aws-ebs-csi-driver"]': ["update"],
    'aws_eks_addon.on_nodes["aws-efs-csi-driver"]': ["update"],
    'aws_eks_addon.on_nodes["coredns"]': ["update"],
    "aws_eks_addon.proxy": ["update"],
    "aws_eks_cluster.cluster": ["update"],
}
"""What another version of Kubernetes changes, but for the nodes."""


@pytest.mark.parametrize("program", [pytest.param("terraform", marks=pytest.mark.nightly), "tofu"])
def test_a_cluster_is_made_and_changed_in_place_and_deleted(
    program: str, repository: Path, tmp_path: Path, local_aws: dict[str, str]
) -> None:
    root = root_for(program, repository, tmp_path, local_aws)
    root.set_values(VALUES)
    root.run("apply", "-auto-approve", "-input=false")
    outputs = root.outputs()
    assert outputs["cluster"]["version"] == "1.32"
    assert outputs["buckets"] == {"data": "alps-data", "scratch": "alps-scratch"}
    assert outputs["hub_identities"] == {"research": "arn:aws:iam::123456789012:role/alps-research"}
    assert len(outputs["network"]["private_subnets"]) == 2
    assert {name: home["kind"] for name, home in outputs["home_storage"].items()} == {
        "homes": "disk",
        "shared": "share",
    }
    root.run("plan", "-detailed-exitcode", "-input=false", expected=0)

    # The control plane can go first, with the add-ons that belong to its version.
    root.set_values(
        {**VALUES, "kubernetes_version": "1.33", "node_versions": {"core": "1.32", "small": "1.32"}}
    )
    assert root.planned() == CONTROL_PLANE
    root.set_values({**VALUES, "kubernetes_version": "1.33"})
    assert root.planned() == {
        **CONTROL_PLANE,
        'aws_eks_node_group.pool["core"]': ["update"],
        'aws_eks_node_group.pool["small"]': ["update"],
    }
    root.run("apply", "-input=false", "plan")
    changed = root.outputs()
    assert changed == {**outputs, "cluster": {**outputs["cluster"], "version": "1.33"}}
    root.run("plan", "-detailed-exitcode", "-input=false", expected=0)

    root.set_values({**VALUES, **CHANGED, "kubernetes_version": "1.33"})
    planned = root.planned()
    label = 'aws_autoscaling_group_tag.hint["small/label/size"]'
    assert {address: actions for address, actions in planned.items() if actions != ["update"]} == {
        label: ["create"]
    }
    assert {
        "aws_budgets_budget.monthly[0]",
        'aws_dlm_lifecycle_policy.homes["homes"]',
        'aws_ebs_volume.homes["homes"]',
        'aws_backup_plan.homes["shared"]',
        'aws_eks_addon.on_nodes["coredns"]',
        "aws_eks_cluster.cluster",
        'aws_eks_node_group.pool["small"]',
        'aws_iam_role_policy.hub["research"]',
        'aws_launch_template.pool["small"]',
    } <= planned.keys()
    root.run("apply", "-input=false", "plan")
    root.run("plan", "-detailed-exitcode", "-input=false", expected=0)

    root.run("destroy", "-auto-approve", "-input=false")
    assert root.run("state", "list") == ""
