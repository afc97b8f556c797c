"""What `deployer infra` plans on Google Cloud with the real provider, and nobody at Google to ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.infra.gcp.offline import TOKEN, any_root, made_fleet

if TYPE_CHECKING:
    from collections.abc import Mapping


pytestmark = pytest.mark.integration

RICH = Path(__file__).parent / "gcp/clusters/rich/cluster.yaml"


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
def fleet(repository: Path, tmp_path: Path) -> Fleet:
    """A fleet of the cluster that has everything."""
    made_fleet(RICH, tmp_path / "fleet")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "DEPLOYER_STATE": str(tmp_path / "state"),
        "DEPLOYER_CACHE": str(tmp_path / "cache"),
        **any_root(repository, tmp_path).source,
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


def test_a_bucket_for_the_state_that_is_not_there_is_bootstraps_to_make(fleet: Fleet) -> None:
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
    assert "hint: `deployer infra bootstrap rich` makes it" in applied.stderr
