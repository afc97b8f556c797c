"""A cluster on AWS with everything that cluster.yaml can ask for, and all its life.

The provider waits long for databases and for rules of buckets: they are made in this test only.
"""

from __future__ import annotations

import fnmatch
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.clouds.resources import KEPT
from deployer.fleet.schema_files import whole
from deployer.operations.infra.destroy import staying
from tests.infra.everything import ACCOUNT, ELSEWHERE, RICH, make_colleague, make_issuer
from tests.infra.offline import variables
from tests.infra.root import root_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

FORBIDDEN = (
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketPolicy",
    "rds:DeleteDBInstance",
    "iam:PassRole",
)


def actions(resources: list[dict[str, Any]], kind: str) -> Iterator[str]:
    """Yield what the policies of a type of resource allow."""
    for each in resources:
        if each["type"] == kind:
            for statement in json.loads(each["values"]["policy"])["Statement"]:
                assert statement["Effect"] == "Allow"
                yield from statement["Action"]


def test_everything_is_asked_for() -> None:
    known = whole("cluster")["properties"]["infrastructure"]["properties"]
    assert set(yaml.safe_load(RICH.read_text())["infrastructure"]) == set(known) - ELSEWHERE


def test_all_of_it_is_made_and_found_as_it_should_be_and_goes_without_the_data(
    repository: Path, tmp_path: Path, local_aws: dict[str, str]
) -> None:
    make_issuer(local_aws)
    root = root_for("terraform", repository, tmp_path, local_aws)
    rich = variables(RICH, tmp_path / "fleet")
    root.set_values(rich)
    root.run("apply", "-auto-approve", "-input=false")
    root.run("plan", "-detailed-exitcode", "-input=false")
    # Also as seen by an administrator who did not build it.
    root.run("plan", "-detailed-exitcode", "-input=false", environ=make_colleague(local_aws))

    outputs = root.outputs()
    assert outputs["ci_identity"] == f"arn:aws:iam::{ACCOUNT}:role/rich-ci"
    assert {name: (each["name"], each["port"]) for name, each in outputs["databases"].items()} == {
        "grades": ("rich-grades", 5432),
        "wiki": ("rich-wiki", 3306),
    }
    assert (outputs["dns"]["zone"], len(outputs["dns"]["name_servers"])) == ("hubs.example.org", 4)
    assert outputs["registries"]["images"].endswith("/rich-images")

    state = root.state()
    resources = state["values"]["root_module"]["resources"]
    for bucket in (each["values"] for each in resources if each["type"] == "aws_s3_bucket_policy"):
        refusal, *_ = json.loads(bucket["policy"])["Statement"]
        assert (refusal["Effect"], refusal["Action"]) == ("Deny", ["s3:*"])
        assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    by_address = {each["address"]: each["values"] for each in resources}
    assert set(outputs["buckets"]) == {"costs", "data", "logs", "others", "scratch"}
    assert len([each for each in by_address if each.startswith("aws_s3_bucket_policy.")]) == 5
    (counted,) = by_address["aws_budgets_budget.monthly[0]"]["cost_filter"]
    assert counted == {"name": "TagKeyValue", "values": ["user:deployer/cluster$rich"]}
    assert by_address["aws_cloudwatch_log_group.cluster"]["retention_in_days"] == 120
    assert by_address['aws_route53_record.dns["key._domainkey/TXT"]']["records"] == [
        f'v=DKIM1; p={"k" * 244}""{"k" * 56}'
    ]
    granted = set(actions(resources, "aws_iam_role_policy"))
    assert {"s3:PutObject", "rds-db:connect", "ecr:PutImage", "eks:DescribeCluster"} <= granted
    assert not [each for each in granted if any(fnmatch.fnmatch(bad, each) for bad in FORBIDDEN)]
    databases = [each["values"] for each in resources if each["type"] == "aws_db_instance"]
    assert [each["password"] or each["password_wo"] for each in databases] == [None, None]

    # Protection goes of what is named, and of nothing else.
    plan = root.plan({**rich, "unprotected": ['aws_db_instance.database["wiki"]']})
    found = (each["change"] for each in plan["resource_changes"])
    (change,) = (each for each in found if each["actions"] != ["no-op"])
    assert (change["before"]["deletion_protection"], change["after"]["deletion_protection"]) == (True, False)
    assert change["after"]["identifier"] == "rich-wiki"

    root.set_values(rich)
    kept = staying(state, KEPT)
    root.run("state", "rm", *(each.address for each in kept))
    root.run("destroy", "-auto-approve", "-input=false")
    assert root.run("state", "list") == ""

    # What stayed is there, and can be adopted by what the program says.
    addresses = {each.address for each in kept}
    assert {'aws_db_instance.database["grades"]', 'aws_backup_selection.homes["shared"]'} <= addresses
    root.add(
        "adopted.tf",
        "".join(f'import {{\n  to = {each.address}\n  id = "{each.identity}"\n}}\n' for each in kept),
    )
    again = {
        each["address"]: each["change"]
        for each in root.plan()["resource_changes"]
        if each["address"] in addresses
    }
    assert {address for address, change in again.items() if "importing" in change} == addresses
    changed = {
        address: change["actions"] for address, change in again.items() if change["actions"] != ["no-op"]
    }
    # These have settings that only the state knows, such as whether a last snapshot is taken.
    assert changed == {
        "aws_backup_vault.copies[0]": ["update"],
        "aws_backup_vault.homes[0]": ["update"],
        'aws_db_instance.database["grades"]': ["update"],
        'aws_db_instance.database["wiki"]': ["update"],
        'aws_ebs_volume.homes["homes"]': ["update"],
    }
