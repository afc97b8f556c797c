"""A local AWS for tests of what is in terraform/, and a fleet on it."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.infra.fleet import Fleet, made_fleet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ALPS = """
schema: 2
name: alps
provider: aws
aws: {account: "123456789012", clusterName: alps-1, region: us-west-2}
infrastructure:
  kubernetes_version: "1.32"
  zones: [us-west-2a, us-west-2b]
  network: {range: 10.1.0.0/16}
  node_pools:
    core: {machine: r6i.large, max: 3}
    notebooks:
      small: {machine: r6i.xlarge, max: 50, tags: {hub: research}}
  home_storage:
    - {name: homes, kind: disk, size: 100}
  buckets:
    scratch: {}
  permissions:
    research: {write: [scratch]}
hubs: []
"""
PATIENCE = 120
"""Seconds that the server has to begin and to end in; it takes 3, on a machine with nothing else to do."""


@pytest.fixture
def local_aws(repository: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment in which programs talk to an AWS of their own: empty, and on this machine."""
    python = repository / ".tools/moto/bin/python"
    if not python.exists():
        pytest.skip("not built: .tools/moto (`make tools-all`)")
    log = tmp_path / "aws.log"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [python, "-m", "tests.infra.aws"],
            cwd=repository,
            # The policies that are AWS's own: roles get some of them.
            env={**os.environ, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true", "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as server,
    ):
        try:
            assert server.stdout is not None
            readable, _, _ = select.select([server.stdout], [], [], PATIENCE)
            address = server.stdout.readline().strip() if readable else ""
            assert address, f"no local AWS after {PATIENCE} s: {log.read_text()}"
            yield {
                "AWS_ACCESS_KEY_ID": "nobody",
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_ENDPOINT_URL": address,
                "AWS_SECRET_ACCESS_KEY": "nothing",
                # A provider ends before its garbage is worth collecting: a third of its time.
                "GOGC": "400",
            }
        finally:
            server.terminate()
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()


@pytest.fixture
def fleet(repository: Path, tmp_path: Path, local_aws: Mapping[str, str]) -> Fleet:
    """A fleet with one small cluster on an AWS of its own, whose state comes into a bucket."""
    made = made_fleet(repository, tmp_path, local_aws, ALPS)
    (made.root / "config/org.yaml").write_text("name: Alpine\nstate: {s3: {}}\n")
    # An answer that got lost is asked for again; an error is one of ours here, which time does not heal.
    for name in ("aws", "bootstrap-aws"):
        shutil.copytree(repository / "terraform" / name, made.root / "terraform" / name)
        override = made.root / "terraform" / name / "test_override.tf"
        override.write_text('provider "aws" {\n  max_retries = 5\n}\n')
    # The local AWS is one without TLS, which the policy of the bucket refuses.
    policy = made.root / "terraform/bootstrap-aws/policy_override.tf"
    policy.write_text('resource "aws_s3_bucket_policy" "state" {\n  count = 0\n}\n')
    return made
