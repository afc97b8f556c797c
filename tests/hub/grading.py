"""ngshare and nbgrader as they run beside a hub: real programs in an environment of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from tests.hub.running_hub import PATIENCE, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.hub.running_hub import RunningHub

# ngshare listens everywhere, and has no option that says where.
NGSHARE = """\
import runpy, tornado.httpserver as server
listen = server.HTTPServer.listen
server.HTTPServer.listen = lambda self, port, *_: listen(self, port, "127.0.0.1")
runpy.run_module("ngshare", run_name="__main__", alter_sys=True)
"""

RUN = "runpy.run_path(sys.argv[1], run_name='__main__')"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """An ngshare that runs beside a hub."""

    url: str
    programs: Path
    hub: RunningHub

    def call(self, token: str, method: str, path: str, **form: str) -> requests.Response:
        """Call its API with somebody's token, none when it is empty."""
        headers = {"Authorization": f"token {token}"} if token else {}
        address = f"{self.url}/{path}"
        return requests.request(
            method, address, headers=headers, data=form, timeout=PATIENCE, allow_redirects=False
        )


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Somebody's server: a home, the files that the hub gives servers, and the token it starts them with."""

    home: Path
    name: str
    token: str
    programs: Path

    def nbgrader(self, *argv: str) -> str:
        """Run nbgrader in the home; return what it says. It has to succeed."""
        done = self.tried(*argv)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def tried(self, *argv: str) -> subprocess.CompletedProcess[str]:
        environ = {
            "PATH": os.pathsep.join([str(self.programs), os.environ["PATH"]]),
            "HOME": str(self.home),
            "USER": self.name,
            "JUPYTERHUB_USER": self.name,
            "JUPYTERHUB_API_TOKEN": self.token,
            "JUPYTER_CONFIG_PATH": str(self.home / "etc/jupyter"),
        }
        return subprocess.run(
            [str(self.programs / "nbgrader"), *argv],
            cwd=self.home,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def installed(repository: Path, directory: Path) -> Path:
    """Install what requirements/grading.txt locks; return the directory of its programs."""
    uv = str(Path(sys.executable).parent / "uv")
    environment = directory / "environment"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(environment)], check=True)
    lock = str(repository / "requirements/grading.txt")
    argv = [uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", lock]
    subprocess.run([*argv, "--python", str(environment / "bin/python")], check=True)
    return environment / "bin"


@contextmanager
def running_ngshare(
    directory: Path, programs: Path, hub: RunningHub, values: Mapping[str, Any]
) -> Iterator[Exchange]:
    """Run ngshare as the chart does, for the courses of chart values, until the block ends."""
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "JUPYTERHUB_API_TOKEN": "none",
        "JUPYTERHUB_CLIENT_ID": "none",
        "JUPYTERHUB_API_URL": f"{hub.url}/hub/api",
        "JUPYTERHUB_SERVICE_PREFIX": "/services/ngshare/",
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}/",
    }
    argv = [str(programs / "python"), "-c", NGSHARE]
    argv += ["--admins", ",".join(["courseRoster", *values["ngshare"]["admins"]])]
    argv += ["--database", f"sqlite:///{directory}/ngshare.db", "--storage", str(directory / "files")]
    log = directory / "ngshare.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(argv, cwd=directory, env=environ, stdout=sink, stderr=sink)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process, log)
        url = f"http://127.0.0.1:{port}/services/ngshare"
        yield Exchange(url=url, programs=programs, hub=hub)
    finally:
        process.terminate()
        process.wait()


def first_round(
    repository: Path, directory: Path, exchange: Exchange, values: Mapping[str, Any]
) -> list[str]:
    """Run the program that keeps the courses, as the chart does, for one round; return what it says."""
    (directory / "courses.json").write_text(json.dumps(values["ngshare"]["courses"]))
    environ = {
        "JUPYTERHUB_API_TOKEN": f"{exchange.hub.token}courseRoster",
        "JUPYTERHUB_API_URL": f"{exchange.hub.url}/hub/api",
        "NGSHARE_URL": exchange.url,
        "NGSHARE_COURSES": str(directory / "courses.json"),
    }
    # The pause after a round ends it.
    once = f"import runpy, sys, time; time.sleep = lambda _: sys.exit(0); {RUN}"
    roster = str(repository / "helm-charts/basehub/files/ngshare/roster.py")
    done = subprocess.run(
        [sys.executable, "-c", once, roster], env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            requests.get(url, timeout=PATIENCE).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"ngshare did not start\n{log.read_text()}")
