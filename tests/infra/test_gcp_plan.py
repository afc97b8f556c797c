"""What Terraform would make on Google Cloud of three clusters, and what it would do to them later.

After an intended change: `pytest tests/infra/test_gcp_plan.py -m integration --update-golden`, and read the
difference. Nothing is made: what Google says to all that is not proven here.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.errors import DeployerError
from deployer.operations.infra.changes import changes, guarded, refuse_what_would_fail
from tests.infra.gcp.offline import TOKEN, Root, found_here, made_fleet, told, variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.golden.comparison import Golden

pytestmark = pytest.mark.integration

CLUSTERS = sorted((Path(__file__).parent / "gcp/clusters").glob("*/cluster.yaml"))
RICH = Path(__file__).parent / "gcp/clusters/rich/cluster.yaml"
NETWORK = "projects/rich-hubs/global/networks/rich"
SUBNET = "projects/rich-hubs/regions/us-central1/subnetworks/rich-nodes"
CLUSTER = "projects/rich-hubs/locations/us-central1/clusters/rich-prod"
POOL = 'google_container_node_pool.pool["small"]'
DISK = 'google_compute_disk.homes["homes"]'
KNOWN: dict[str, dict[str, Any]] = {
    "google_compute_network.cluster[0]": {"id": NETWORK},
    "google_compute_subnetwork.nodes[0]": {"id": SUBNET, "network": NETWORK},
    "google_container_cluster.cluster": {
        "endpoint": "192.0.2.1",
        "id": CLUSTER,
        "network": NETWORK,
        "subnetwork": SUBNET,
    },
    POOL: {"id": f"{CLUSTER}/nodePools/small", "cluster": CLUSTER},
    DISK: {"id": "projects/rich-hubs/zones/us-central1-b/disks/rich-homes", "licenses": []},
}
"""What Google would have said of resources that are there already."""


@pytest.fixture(params=["terraform", "tofu"])
def root(request: pytest.FixtureRequest, repository: Path, tmp_path: Path) -> Root:
    """The module, ready to plan."""
    return Root(request.param, repository, tmp_path)


@pytest.fixture
def one_root(repository: Path, tmp_path: Path) -> Root:
    """The module, ready to plan by one of the programs: that both plan the same is proven above."""
    program = "tofu" if found_here("tofu", repository) else "terraform"
    return Root(program, repository, tmp_path)


@pytest.fixture
def rich(tmp_path: Path) -> dict[str, Any]:
    """The variables of a cluster that has everything."""
    return variables(RICH, tmp_path / "fleet")


def test_the_module_is_valid(root: Root) -> None:
    root.run("validate")


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda path: path.parent.name)
def test_what_is_planned_is_what_it_was(cluster: Path, root: Root, tmp_path: Path, golden: Golden) -> None:
    plan = root.plan(variables(cluster, tmp_path / "fleet"))
    assert {change.kind for change in changes(plan)} == {"create"}
    golden.check(cluster.with_name("plan.yaml"), yaml.safe_dump(told(plan), sort_keys=False, width=110))


def test_users_have_what_is_in_buckets_and_not_the_buckets(one_root: Root, rich: dict[str, Any]) -> None:
    resources = told(one_root.plan(rich))["resources"]
    granted = {
        address: each["role"]
        for address, each in resources.items()
        if address.startswith("google_storage_bucket_iam_member.hub")
    }
    assert set(granted) == {
        f'google_storage_bucket_iam_member.hub["{each}"]'
        for each in ("research/data/read", "research/scratch/write", "teaching/data/read")
    }
    assert set(granted.values()) == {"roles/storage.objectViewer", "roles/storage.objectUser"}
    of_project = [
        each["role"]
        for address, each in resources.items()
        if address.startswith("google_project_iam_member.hub")
    ]
    assert of_project == ["roles/bigquery.user"]


def later(root: Root, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the plan for values of later, with what matters of the former ones there already."""
    root.believe(root.plan(before), KNOWN)
    return root.plan(after)


def done(plan: dict[str, Any]) -> dict[str, str]:
    """Return what a plan does to what is there."""
    return {each.address: each.kind for each in changes(plan) if each.address in KNOWN}


def test_the_guard_stops_a_plan_that_replaces_the_subnet(one_root: Root, rich: dict[str, Any]) -> None:
    moved = {**rich, "network": {**rich["network"], "range": "10.192.0.0/14"}}
    plan = later(one_root, rich, moved)
    stopped = {each.address: each for each in guarded(changes(plan))}
    subnet = stopped["google_compute_subnetwork.nodes[0]"]
    assert (subnet.kind, subnet.paths) == ("replace", ("ip_cidr_range",))
    assert subnet.protection is not None
    assert subnet.protection.name == "network"
    assert "google_compute_network.cluster[0]" not in stopped


def test_another_machine_type_is_a_new_pool_before_the_old_one_goes(
    one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    changed["node_pools"]["small"] |= {"machine": "n2-highmem-16", "generation": "abcdef"}
    plan = later(one_root, rich, changed)
    (entry,) = [each for each in plan["resource_changes"] if each["address"] == POOL]
    assert entry["change"]["actions"] == ["create", "delete"]
    assert entry["change"]["after"]["name"] == "small-abcdef"
    assert POOL in {each.address for each in guarded(changes(plan))}


@pytest.mark.parametrize(
    "pool",
    [{"max": 5, "min": 1}, {"labels": {"a": "b"}}, {"disk": 200}, {"tags": {"hub": "teaching"}}],
    ids="-".join,
)
def test_what_keeps_its_generation_stays_and_changes(
    pool: dict[str, Any], one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    changed["node_pools"]["small"] |= pool
    plan = later(one_root, rich, changed)
    assert done(plan)[POOL] == "update"
    assert guarded(changes(plan)) == ()


def test_kubernetes_and_who_reaches_it_change_in_place_and_homes_grow(
    one_root: Root, rich: dict[str, Any]
) -> None:
    changed = {**copy.deepcopy(rich), "kubernetes_version": "1.34", "deletion_protection": False}
    changed["network"]["allowed_ranges"] = ["203.0.113.0/24"]
    changed["home_storage"]["homes"]["size"] = 600
    plan = later(one_root, rich, changed)
    found = done(plan)
    assert (found["google_container_cluster.cluster"], found[DISK]) == ("update", "update")
    assert guarded(changes(plan)) == ()


@pytest.mark.parametrize("homes", [{"size": 400}, {"zone": "us-central1-c"}], ids="-".join)
def test_homes_that_shrink_or_move_are_guarded(
    homes: dict[str, Any], one_root: Root, rich: dict[str, Any]
) -> None:
    changed = copy.deepcopy(rich)
    changed["home_storage"]["homes"] |= homes
    stopped = guarded(changes(later(one_root, rich, changed)))
    assert [(each.address, each.kind) for each in stopped] == [(DISK, "replace")]


def test_a_cluster_that_refuses_to_go_is_known_before(one_root: Root, rich: dict[str, Any]) -> None:
    found = changes(later(one_root, rich, {**rich, "cluster_name": "other"}))
    with pytest.raises(DeployerError, match=r"protected against deletion: google_container_cluster\.cluster"):
        refuse_what_would_fail("rich", found)
    unprotected = {**rich, "deletion_protection": False}
    refuse_what_would_fail(
        "rich", changes(later(one_root, unprotected, {**unprotected, "cluster_name": "other"}))
    )


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """A fleet with one cluster on Google Cloud, and the environment of its operator."""

    root: Path
    environ: Mapping[str, str]

    def run(self, *argv: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deployer", "--root", str(self.root), "infra", *argv],
            env={**self.environ, **more},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture
def fleet(one_root: Root, tmp_path: Path) -> Fleet:
    """A fleet of the cluster that has everything."""
    made_fleet(RICH, tmp_path / "fleet")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "DEPLOYER_STATE": str(tmp_path / "state"),
        "DEPLOYER_CACHE": str(tmp_path / "cache"),
        **one_root.source,
        **TOKEN,
    }
    return Fleet(root=tmp_path / "fleet", environ=environ)


def test_deployer_plans_it(fleet: Fleet) -> None:
    """The whole road: credentials of the operator, the module, the provider, the guard."""
    ended = fleet.run("plan", "rich", "--output=json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["protected"] == []
    assert {"address": "google_container_cluster.cluster", "action": "create"} in found["changes"]


class NoBucket(BaseHTTPRequestHandler):
    """Cloud Storage, as far as it knows no bucket."""

    def do_GET(self) -> None:
        content = b'{"error": {"code": 404, "message": "The specified bucket does not exist."}}'
        self.send_response(404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def test_a_bucket_for_the_state_that_is_not_there_is_the_operators_to_make(fleet: Fleet) -> None:
    (fleet.root / "config/org.yaml").write_text("name: O\nstate: {gcs: {bucket: rich-state}}\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), NoBucket) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/storage/v1/"
        there = {"GOOGLE_STORAGE_CUSTOM_ENDPOINT": address, "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT": address}
        planned = fleet.run("plan", "rich", **there)
        applied = fleet.run("apply", "rich", "--yes", **there)
        server.shutdown()
    assert planned.returncode == 0, planned.stderr
    assert "the bucket for its state is not there yet" in planned.stderr
    assert applied.returncode == 1
    assert "the bucket for the state of rich is not there yet" in applied.stderr
    assert "gcloud storage buckets create gs://rich-state --location=REGION" in applied.stderr
