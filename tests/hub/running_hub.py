"""A JupyterHub that runs on this machine while a test does."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SOURCES = Path(__file__).parent
PATIENCE = 60


@dataclass(frozen=True, kw_only=True)
class RunningHub:
    """How to reach a running hub. A service's token is the hub's `token` and its name."""

    url: str
    token: str
    environ: Mapping[str, str]
    """What the hub's configuration needs; other programs can read it with that."""

    def api(self, service: str, method: str, path: str, body: object = None) -> requests.Response:
        """Call the REST API as a service."""
        return self.call(service, method, f"/hub/api{path}", json=body)

    def call(self, service: str, method: str, path: str, **arguments: Any) -> requests.Response:
        """Call the hub as a service."""
        headers = {"Authorization": f"token {self.token}{service}"}
        return requests.request(method, self.url + path, headers=headers, timeout=PATIENCE, **arguments)

    def log_in(self, name: str, password: str = "any") -> requests.Response:
        """Try to log in through the form, as a person does."""
        with requests.Session() as browser:
            return self.send(browser, "/hub/login", username=name, password=password)

    def send(self, browser: requests.Session, path: str, **form: str) -> requests.Response:
        """Fill in and send the form of a page."""
        browser.get(self.url + path, timeout=PATIENCE)
        form["_xsrf"] = browser.cookies.get("_xsrf", path="/hub/") or ""
        return browser.post(self.url + path, data=form, timeout=PATIENCE, allow_redirects=False)


@contextmanager
def running_hub(directory: Path, values: Mapping[str, Any]) -> Iterator[RunningHub]:
    """Run a JupyterHub with chart values until the block ends."""
    port, token = free_port(), secrets.token_hex(32)
    (directory / "values.json").write_text(json.dumps(values))
    environ = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HUB_TEST_SOURCES": str(SOURCES),
        "HUB_TEST_VALUES": str(directory / "values.json"),
        "HUB_TEST_PORT": str(port),
        "HUB_TEST_TOKEN": token,
        # z2jh makes one for every hub.
        "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
    }
    log = directory / "hub.log"
    argv = [sys.executable, "-m", "jupyterhub", "--config", str(SOURCES / "jupyterhub_config.py")]
    with log.open("wb") as sink:
        process = subprocess.Popen(argv, cwd=directory, env=environ, stdout=sink, stderr=sink)
    hub = RunningHub(url=f"http://127.0.0.1:{port}", token=token, environ=environ)
    try:
        _wait(hub, process, log)
        yield hub
    finally:
        process.terminate()
        process.wait()


def _wait(hub: RunningHub, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            requests.get(f"{hub.url}/hub/health", timeout=PATIENCE).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the hub did not start\n{log.read_text()}")


def free_port() -> int:
    """Return a port of this machine that nothing listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
