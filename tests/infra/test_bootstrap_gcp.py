"""The place for the state on Google Cloud, made by its real provider in a Cloud Storage on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.infra.gcp.storage import storage
from tests.infra.providers import GOOGLE, configuration

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

PATIENCE = 120
CLUSTER = """
schema: 2
name: alps
provider: gcp
gcp: {project: "example.org:alps", cluster: alps, zone: us-central1-b}
infrastructure:
  node_pools:
    core: {machine: e2-standard-2}
hubs: []
"""
MODULE = 'variable "name" {}\nresource "terraform_data" "thing" { input = var.name }\n'


def test_the_bucket_is_made_once_and_keeps_the_state_that_was_here(repository: Path, tmp_path: Path) -> None:
    path = f"{repository / '.tools/bin'}{os.pathsep}{os.environ['PATH']}"
    program = next((name for name in ("tofu", "terraform") if shutil.which(name, path=path)), None)
    source = configuration(program, tmp_path, GOOGLE) if program else {}
    if not source:
        pytest.skip("neither OpenTofu nor Terraform, or no provider google is here (`make providers`)")
    root = tmp_path / "fleet"
    (root / "config/clusters/alps").mkdir(parents=True)
    (root / "config/clusters/alps/cluster.yaml").write_text(CLUSTER)
    organisation = root / "config/org.yaml"
    organisation.write_text("name: Alpine\n")
    (root / "terraform/gcp").mkdir(parents=True)
    (root / "terraform/gcp/versions.tf").write_text(MODULE)
    with storage() as (server, there):
        environ = {
            **os.environ,
            **source,
            **there,
            "DEPLOYER_CACHE": str(tmp_path / "cache"),
            "DEPLOYER_STATE": str(tmp_path / "state"),
            "PATH": path,
        }

        def infra(*arguments: str, expected: int = 0) -> subprocess.CompletedProcess[str]:
            argv = [sys.executable, "-m", "deployer", "--root", str(root), "infra", *arguments]
            ended = subprocess.run(
                argv,
                env=environ,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
                stdin=subprocess.DEVNULL,
            )
            assert ended.returncode == expected, ended.stdout + ended.stderr
            return ended

        infra("apply", "alps", "--yes")
        organisation.write_text("name: Alpine\nstate: {gcs: {}}\n")
        bucket = "deployer-state-example-org-alps"
        assert infra("bootstrap", "alps").stdout == f"{bucket}\n"
        made = server.buckets[bucket]
        assert made["location"] == "US-CENTRAL1"
        assert made["versioning"] == {"enabled": True}
        assert made["iamConfiguration"]["publicAccessPrevention"] == "enforced"
        assert made["iamConfiguration"]["uniformBucketLevelAccess"]["enabled"] is True
        kept = json.loads(server.objects[bucket, "clusters/alps/default.tfstate"][1])
        assert [each["name"] for each in kept["resources"]] == ["thing"]

        assert "nothing to do" in infra("plan", "alps").stderr
        assert infra("bootstrap", "alps").stdout == f"{bucket}\n"
        assert list(server.buckets) == [bucket]
