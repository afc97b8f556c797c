"""Real Helm and a chart repository on this machine: fetching, pinning, and what goes wrong on the way."""

from __future__ import annotations

import functools
import hashlib
import os
import socket
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.charts.hashes import read_hashes
from deployer.cli import run
from deployer.errors import DeployerError
from tests.charts.making import built_helm, pack, write_chart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.tools.helm import Helm

pytestmark = pytest.mark.integration


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(directory: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(directory))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=["helm", "helm3"])
def helm(request: pytest.FixtureRequest, repository: Path) -> Helm:
    return built_helm(repository, request.param)


@pytest.fixture
def offered(tmp_path: Path) -> Path:
    """The directory of a chart repository that has `one` in the versions 1.0.0 and 1.1.0."""
    directory = tmp_path / "offered"
    for version in ("1.0.0", "1.1.0"):
        pack(write_chart(tmp_path / "making/one", version=version), directory / f"one-{version}.tgz")
    entries = [
        {
            "apiVersion": "v2",
            "name": "one",
            "version": version,
            "urls": [f"one-{version}.tgz"],
            "digest": hashlib.sha256((directory / f"one-{version}.tgz").read_bytes()).hexdigest(),
        }
        for version in ("1.0.0", "1.1.0")
    ]
    (directory / "index.yaml").write_text(yaml.safe_dump({"apiVersion": "v1", "entries": {"one": entries}}))
    return directory


@pytest.fixture
def deployer(helm: Helm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a fleet with the chart `umbrella`, where `deployer` finds only this Helm."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/helm").symlink_to(helm.program)
    root = tmp_path / "fleet"
    (root / "config/clusters").mkdir(parents=True)
    for name in [name for name in os.environ if name.startswith(("DEPLOYER_", "HELM_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("DEPLOYER_ROOT", str(root))
    monkeypatch.setenv("DEPLOYER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    return root


def umbrella(root: Path, repository: str, version: str = "^1.0.0") -> Path:
    wanted = {"name": "one", "version": version, "repository": repository}
    return write_chart(root / "helm-charts/umbrella", dependencies=[wanted])


def test_pin_then_fetch_then_work_without_the_repository(
    deployer: Path, offered: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(offered) as url:
        chart = umbrella(deployer, url)
        assert run(["charts", "update", "umbrella"]) == 0
        written = capfd.readouterr().out.splitlines()
        assert sorted(written) == [str(chart / "Chart.lock"), str(chart / "packages.sha256")]
        assert run(["charts", "fetch", "umbrella"]) == 0
    newest = hashlib.sha256((offered / "one-1.1.0.tgz").read_bytes()).hexdigest()
    assert read_hashes(chart / "packages.sha256") == {"one-1.1.0.tgz": newest}
    assert capfd.readouterr().out == f"{newest}  one 1.1.0\n"
    assert run(["charts", "fetch", "umbrella"]) == 0


def test_a_repository_that_offers_something_else_than_before_is_refused(
    deployer: Path, offered: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(offered) as url:
        chart = umbrella(deployer, url, "1.0.0")
        (chart / "packages.sha256").write_text(f"{'0' * 64}  one-1.0.0.tgz\n")
        assert run(["charts", "fetch", "umbrella"]) == 1
    said = capfd.readouterr().err
    assert "error: package of one 1.0.0 is not the recorded one" in said
    assert "hint: find out why it changed; to accept it, run `deployer charts update umbrella`" in said
    assert "Traceback" not in said


def test_a_repository_that_is_not_there_leaves_the_pins_alone(
    deployer: Path, offered: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(offered) as url:
        chart = umbrella(deployer, url)
        assert run(["charts", "update", "umbrella"]) == 0
    before = {path: path.read_text() for path in chart.iterdir() if path.is_file()}
    assert run(["charts", "update", "umbrella"]) == 1
    assert "one 1.1.0: Error:" in capfd.readouterr().err
    assert {path: path.read_text() for path in chart.iterdir() if path.is_file()} == before


def test_a_server_that_never_answers_is_given_up(helm: Helm, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(DeployerError, match="did not finish within 1 s"):
            helm.pull("one", "1.0.0", url, tmp_path, home=tmp_path / "home", timeout=1)
