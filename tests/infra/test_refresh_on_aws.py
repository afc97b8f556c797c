"""`deployer infra refresh` on a local AWS, where somebody else changes things."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.infra.fleet import PATIENCE, made_fleet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.integration

CLUSTER = """
schema: 2
name: alps
provider: aws
aws: {account: "123456789012", clusterName: alps, region: us-west-2}
infrastructure:
  zones: [us-west-2a, us-west-2b]
  node_pools:
    core: {machine: r6i.large}
hubs: []
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
  region           = "us-west-2"
  max_retries      = 5
  s3_use_path_style = true
}
variable "name" {}
resource "aws_s3_bucket" "gone" { bucket = "${var.name}-gone" }
resource "aws_s3_bucket" "kept" { bucket = "${var.name}-kept" }
output "buckets" { value = { kept = aws_s3_bucket.kept.tags_all } }
"""
# Somebody with the console.
SOMEBODY = """
import boto3
s3 = boto3.client("s3", region_name="us-west-2")
s3.delete_bucket(Bucket="alps-gone")
s3.put_bucket_tagging(Bucket="alps-kept", Tagging={"TagSet": [{"Key": "who", "Value": "somebody"}]})
"""


def test_what_somebody_else_changed_is_shown_and_taken_in(
    repository: Path, tmp_path: Path, local_aws: Mapping[str, str]
) -> None:
    fleet = made_fleet(repository, tmp_path, local_aws, CLUSTER, module=MODULE)
    fleet.infra("apply", "alps", "--yes")
    somebody = [str(repository / ".tools/moto/bin/python"), "-c", SOMEBODY]
    subprocess.run(somebody, env={**os.environ, **fleet.environ}, check=True, timeout=PATIENCE)

    done = fleet.infra("refresh", "alps", "--yes")
    assert done.stdout == (
        "gone     aws_s3_bucket.gone, and with it all objects in it\n"
        "changed  aws_s3_bucket.kept (tags, tags_all)\n"
    )
    assert "who: somebody" in (fleet.directory / "outputs.yaml").read_text()
    planned = fleet.infra("plan", "alps").stdout
    assert planned == "create   aws_s3_bucket.gone\nchange   aws_s3_bucket.kept\n"
