"""The files that define Gateway API: where they come from, and that they are the recorded ones."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from deployer.charts.chart import Chart, find_chart
from deployer.charts.gateway_api import GATEWAY_API, gateway_api
from deployer.charts.hashes import read_hashes
from deployer.errors import DeployerError
from tests.charts.making import write_chart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.session import Session

CONTENT = b"kind: CustomResourceDefinition\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    """Serves a directory and writes no log."""

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "www").mkdir()
    (tmp_path / "www/gateways.yaml").write_bytes(CONTENT)
    handler = partial(Quiet, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def chart(root: Path, address: str, sha256: str = SHA256) -> Chart:
    write_chart(root / "helm-charts/one", files={GATEWAY_API: f"{sha256}  {address}/gateways.yaml\n"})
    return find_chart(root, "one")


def test_the_chart_pins_every_kind_that_traefik_looks_for(repository: Path) -> None:
    pinned = read_hashes(repository / "helm-charts/support" / GATEWAY_API)
    kinds = {address.rpartition("_")[2].removesuffix(".yaml") for address in pinned}
    assert kinds >= {
        "backendtlspolicies",
        "gatewayclasses",
        "gateways",
        "grpcroutes",
        "httproutes",
        "referencegrants",
        "tlsroutes",
    }
    assert {re.sub("[^/]*$", "", address) for address in pinned} == {
        "https://raw.githubusercontent.com/kubernetes-sigs/gateway-api/v1.5.1/config/crd/standard/"
    }
    assert all(re.fullmatch("[0-9a-f]{64}", sha256) for sha256 in pinned.values())


@pytest.mark.integration
def test_a_file_is_downloaded_once(session: Session, tmp_path: Path, server: str) -> None:
    wanted = chart(tmp_path, server)
    (first,) = gateway_api(session, wanted)
    assert first.read_bytes() == CONTENT
    (tmp_path / "www/gateways.yaml").unlink()
    assert gateway_api(session, wanted) == (first,)
    # One that was spoilt in the cache is got again.
    first.write_text("spoilt")
    with pytest.raises(DeployerError, match=r"can't download: .*/gateways\.yaml: HTTPError"):
        gateway_api(session, wanted)


@pytest.mark.integration
def test_another_file_than_the_recorded_one_is_refused(session: Session, tmp_path: Path, server: str) -> None:
    with pytest.raises(DeployerError, match="not the recorded file"):
        gateway_api(session, chart(tmp_path, server, "0" * 64))
    assert not list(session.cache.rglob("*.yaml"))


def test_a_mirror_comes_before_the_network(session: Session, tmp_path: Path) -> None:
    mirrored = tmp_path / "mirror/gateway-api/gateways.yaml"
    mirrored.parent.mkdir(parents=True)
    mirrored.write_bytes(CONTENT)
    session = replace(session, chart_mirror=tmp_path / "mirror")
    assert gateway_api(session, chart(tmp_path, "http://127.0.0.1:1")) == (mirrored,)
    mirrored.write_text("another")
    with pytest.raises(DeployerError, match="not the recorded file"):
        gateway_api(session, chart(tmp_path, "http://127.0.0.1:1"))


def test_without_a_network_the_error_says_what_to_do(session: Session, tmp_path: Path) -> None:
    with pytest.raises(DeployerError) as caught:
        gateway_api(session, chart(tmp_path, "nowhere://"))
    assert (
        caught.value.hint == "try again with a network, or put the file into `gateway-api` of a chart mirror"
    )
