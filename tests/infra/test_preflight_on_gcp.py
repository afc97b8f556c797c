"""Preflight of Google Cloud with the real gcloud, against answers on this machine.

The answers have the shapes of the APIs' documentation (compute, serviceusage, cloudresourcemanager); Google
itself was never asked.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from deployer.clouds.asking import Asker
from deployer.clouds.asking.gcp_leftovers import leftovers
from deployer.fleet.load import load_fleet, select_cluster
from deployer.interruption import Interruption
from deployer.tools.process import Programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not shutil.which("gcloud"), reason="gcloud is not installed"),
]

PATIENCE = 300
CLUSTER = """
schema: 2
name: sea
provider: gcp
gcp: {project: hubs, cluster: sea, zone: europe-west1-b}
infrastructure:
  node_pools:
    core: {machine: n2-highmem-2, max: 3}
    notebooks: {machine: n2-highmem-4, max: 50}
hubs: []
"""
ENABLED = ("cloudkms", "cloudresourcemanager", "compute", "iam", "serviceusage", "storage")
REGION = {
    "name": "europe-west1",
    "quotas": [
        {"metric": "N2_CPUS", "limit": 100.0, "usage": 8.0},
        {"metric": "SSD_TOTAL_GB", "limit": 50000.0, "usage": 10.0},
    ],
}
PROJECT = {"name": "hubs", "quotas": [{"metric": "CPUS_ALL_REGIONS", "limit": 500.0, "usage": 8.0}]}
FORBIDDEN = "container.clusters.create"
LINK = "https://www.googleapis.com/compute/v1/projects/hubs"
SERVICE = '{"kubernetes.io/service-name":"support/ingress"}'
AGGREGATED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "disks": (
        "zones/europe-west1-b",
        [
            {"name": "pvc-1", "labels": {"goog-k8s-cluster-name": "sea"}},
            {"name": "pvc-2", "labels": {"goog-k8s-cluster-name": "lake"}},
            {"name": "homes"},
        ],
    ),
    "forwardingRules": (
        "regions/europe-west1",
        [{"name": "a1", "description": SERVICE}, {"name": "other", "description": "by hand"}],
    ),
    "targetPools": ("regions/europe-west1", [{"name": "a1", "description": SERVICE}]),
    "networkEndpointGroups": (
        "zones/europe-west1-b",
        [
            {"name": "k8s1-1", "network": f"{LINK}/global/networks/sea"},
            {"name": "k8s1-2", "network": f"{LINK}/global/networks/deep-sea"},
        ],
    ),
}
FIREWALLS = [
    {"name": "k8s-fw-a1", "network": f"{LINK}/global/networks/sea"},
    {"name": "gke-sea-all", "network": f"{LINK}/global/networks/sea"},
    {"name": "by-hand", "network": f"{LINK}/global/networks/sea"},
    {"name": "k8s-fw-b1", "network": f"{LINK}/global/networks/default"},
]


class Google(BaseHTTPRequestHandler):
    """Answers what preflight asks, to whoever has the token; remembers the rest."""

    unknown: list[str]

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        answers: dict[str, Any] = {
            "/compute/v1/projects/hubs/regions/europe-west1": REGION,
            "/compute/v1/projects/hubs": PROJECT,
            "/compute/v1/projects/hubs/global/firewalls": {"items": _chosen(FIREWALLS, query)},
            **{
                f"/compute/v1/projects/hubs/aggregated/{kind}": {
                    "items": {place: {kind: _placed(place, found)}}
                }
                for kind, (place, found) in AGGREGATED.items()
            },
            "/v1/projects/hubs/services": {
                "services": [
                    {"config": {"name": f"{api}.googleapis.com"}, "state": "ENABLED"} for api in ENABLED
                ]
            },
        }
        self._say(answers.get(path))

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_known = self.path == "/v1/projects/hubs:testIamPermissions"
        has = [each for each in asked.get("permissions", []) if each != FORBIDDEN]
        self._say({"permissions": has} if is_known and len(asked["permissions"]) <= 100 else None)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _say(self, answer: Any) -> None:
        if answer is None or self.headers["Authorization"] != "Bearer token":
            self.unknown.append(f"{self.command} {self.path}")
        body = json.dumps(answer or {"error": {"message": "no"}}).encode()
        self.send_response(200 if answer is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _chosen(found: list[dict[str, Any]], query: str) -> list[dict[str, Any]]:
    """Filter as compute does for those that gcloud leaves it to: `eq` is for a pattern of the whole text."""
    asked = parse_qs(query).get("filter", [""])[0]
    patterns = re.findall(r'\((\w+) eq "(.+?)"\)', asked)
    return [each for each in found if all(re.fullmatch(wanted, each[key]) for key, wanted in patterns)]


def _placed(place: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return resources of compute with the links that say where they are."""
    key = place.partition("/")[0].removesuffix("s")
    return [
        {**each, key: f"{LINK}/{place}", "selfLink": f"{LINK}/{place}/x/{each['name']}"} for each in found
    ]


@pytest.fixture
def google() -> Iterator[tuple[str, list[str]]]:
    """The address of a stand-in for Google's APIs, and what nobody should have asked it."""
    unknown: list[str] = []
    handler = type("Handler", (Google,), {"unknown": unknown})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", unknown
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settings(address: str, directory: Path) -> dict[str, str]:
    """Return by what gcloud asks the stand-in, as somebody who has the token."""
    overrides = "CLOUDSDK_API_ENDPOINT_OVERRIDES_"
    return {
        "CLOUDSDK_AUTH_ACCESS_TOKEN": "token",
        "CLOUDSDK_CONFIG": str(directory / "gcloud"),
        f"{overrides}CLOUDRESOURCEMANAGER": address,
        f"{overrides}COMPUTE": f"{address}compute/v1/",
        f"{overrides}SERVICEUSAGE": address,
    }


def test_gcloud_takes_our_arguments_and_its_answers_are_compared(
    tmp_path: Path, google: tuple[str, list[str]]
) -> None:
    address, unknown = google
    path = tmp_path / "fleet/config/clusters/sea/cluster.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(CLUSTER)
    said = subprocess.run(
        [
            *[sys.executable, "-m", "deployer", "--root", str(tmp_path / "fleet")],
            *["infra", "preflight", "sea", "--whole", "--output", "json"],
        ],
        env={
            **os.environ,
            **settings(address, tmp_path),
            "DEPLOYER_CACHE": str(tmp_path / "cache"),
            "DEPLOYER_STATE": str(tmp_path / "state"),
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert said.returncode == 1, said.stderr
    found = json.loads(said.stdout)["findings"]
    assert unknown == []
    missing = {each["what"]: each for each in found if each["status"] == "missing"}
    apis = {each["what"] for each in found if each["kind"] == "service"}
    assert {each for each in missing if each in apis} == apis - {f"{api}.googleapis.com" for api in ENABLED}
    assert "container.googleapis.com" in missing
    assert {each for each in missing if each not in apis} == {FORBIDDEN, "N2_CPUS of europe-west1"}
    assert missing["N2_CPUS of europe-west1"]["said"] == "206 wanted, 100 allowed"
    assert missing["container.googleapis.com"]["mend"] == (
        "gcloud services enable container.googleapis.com --project=hubs"
    )
    # The billing account is another one's to ask.
    unknowns = [each["what"] for each in found if each["status"] == "unknown"]
    assert unknowns
    assert all(each.startswith("billing.") for each in unknowns)


def test_gcloud_chooses_what_kubernetes_left_by_our_filters(
    tmp_path: Path, google: tuple[str, list[str]]
) -> None:
    address, unknown = google
    path = tmp_path / "config/clusters/sea/cluster.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(CLUSTER)
    asker = Asker(
        cluster=select_cluster(load_fleet(tmp_path, state=tmp_path / "state"), "sea"),
        variables={},
        env=settings(address, tmp_path),
        programs=Programs(environ=dict(os.environ), interruption=Interruption()),
        now=datetime(2026, 11, 28, tzinfo=UTC),
    )
    found = leftovers(asker, ())
    assert unknown == []
    begin, zone, region = "gcloud compute", "--zone=europe-west1-b", "--region=europe-west1"
    assert [each.delete for each in found] == [
        f"{begin} disks delete pvc-1 {zone} --project=hubs",
        f"{begin} forwarding-rules delete a1 {region} --project=hubs",
        f"{begin} target-pools delete a1 {region} --project=hubs",
        f"{begin} firewall-rules delete k8s-fw-a1 --project=hubs",
        f"{begin} firewall-rules delete gke-sea-all --project=hubs",
        f"{begin} network-endpoint-groups delete k8s1-1 {zone} --project=hubs",
    ]
