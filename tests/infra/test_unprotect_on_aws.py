"""The second belt on a local AWS: a table that AWS refuses to delete, and what the real provider plans."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.infra.fleet import made_fleet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.integration

DATABASES = """\
  databases:
    grades: {engine: postgresql, version: "16", machine: db.t4g.small, size: 20}
"""
CLUSTER = f"""
schema: 2
name: alps
provider: aws
aws: {{account: "123456789012", clusterName: alps, region: us-west-2}}
infrastructure:
  zones: [us-west-2a, us-west-2b]
  node_pools:
    core: {{machine: r6i.large}}
{DATABASES}hubs: []
"""
MODULE = """
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  region      = "us-west-2"
  max_retries = 5
}
variable "databases" {
  type    = any
  default = {}
}
variable "unprotected" {
  type    = list(string)
  default = []
}
resource "aws_dynamodb_table" "table" {
  for_each                    = var.databases
  name                        = each.key
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = !contains(var.unprotected, "aws_dynamodb_table.table[\\"${each.key}\\"]")
  hash_key                    = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
"""
ADDRESS = 'aws_dynamodb_table.table["grades"]'
# The program, with tables as something that must not go. A database of RDS takes minutes to come and go.
PROGRAM = """
import sys
from deployer.clouds.resources import PROTECTED
from deployer.clouds.resources.classes import DATABASE
PROTECTED["aws_dynamodb_table"] = DATABASE
from deployer.cli import main
main(sys.argv[1:])
"""


def test_a_protected_table_goes_when_that_is_allowed(
    repository: Path, tmp_path: Path, local_aws: Mapping[str, str]
) -> None:
    made = made_fleet(repository, tmp_path, local_aws, CLUSTER, module=MODULE)
    fleet = replace(made, program=("-c", PROGRAM))
    fleet.infra("apply", "alps", "--yes")
    fleet.change(DATABASES, "")
    done = fleet.infra("apply", "alps", "--yes", "--allow-destroy", ADDRESS)
    assert f"deletion protection is switched off first: {ADDRESS}" in done.stderr
    assert "nothing to do" in fleet.infra("plan", "alps").stderr
    (entry,) = yaml.safe_load((fleet.directory / "infra-log.yaml").read_text())
    assert [each["address"] for each in entry["lost"]] == [ADDRESS]
