"""A real ACME server on this machine, Pebble, and the DNS that it and cert-manager ask where a name leads."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from deployer.operations.local.node import LocalNode
from deployer.session import Session, directories
from tests.support.api_server import free_port, running
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = ("pebble", "pebble-challtestsrv")


@dataclass(frozen=True, kw_only=True)
class Pebble:
    """Issues certificates for names that are shown by HTTP-01 to be somebody's."""

    server: str
    authority: Path
    resolver: str
    told_about_names: str
    management: str

    def lead(self, address: str) -> None:
        """Let all names lead to an address."""
        url = f"{self.told_about_names}/set-default-ipv4"
        requests.post(url, json={"ip": address}, timeout=10).raise_for_status()

    def root(self, directory: Path) -> Path:
        """Write the root of all that is issued to a file. It is new each time that Pebble starts."""
        answer = requests.get(f"{self.management}/roots/0", verify=str(self.authority), timeout=10)
        answer.raise_for_status()
        file = directory / "root.pem"
        file.write_text(answer.text)
        return file


@contextmanager
def pebble(directory: Path) -> Iterator[Pebble]:
    """Pebble at the host's end of the link to the local node, which nobody else reaches."""
    programs = Path(os.environ.get("DEPLOYER_PEBBLE", "nowhere"))
    if not all((programs / name).exists() for name in PROGRAMS):
        pytest.skip(f"DEPLOYER_PEBBLE names no directory with {' and '.join(PROGRAMS)}")
    cache, state = directories(os.environ)
    local = LocalNode.existing(Session(environ=os.environ, cache=cache, state=state))
    if local is None:
        pytest.skip("the local cluster was made with kind: no address of this machine is known to its pods")
    host = str(local.node.outer)
    acme, management, dns, names = (f"{at}:{free_port()}" for at in (host, "127.0.0.1", host, "127.0.0.1"))
    found = Pebble(
        server=f"https://{acme}/dir",
        authority=_own_authority(directory, host),
        resolver=dns,
        told_about_names=f"http://{names}",
        management=f"https://{management}",
    )
    config = _configuration(directory, acme, management)
    answers = ["-dnsserver", dns, "-management", names, "-defaultIPv6", ""]
    others = [each for kind in ("http01", "https01", "doh", "tlsalpn01") for each in (f"-{kind}", "")]
    with ExitStack() as stack:
        argv = [str(programs / "pebble-challtestsrv"), *answers, *others]
        stack.enter_context(running(directory / "dns.log", *argv))
        argv = [str(programs / "pebble"), "-config", str(config), "-dnsserver", dns]
        stack.enter_context(running(directory / "pebble.log", *argv))
        wait_for(lambda: _answers(found), "Pebble answers", seconds=30, every=0.2)
        yield found


def _answers(found: Pebble) -> bool:
    try:
        requests.get(found.told_about_names, timeout=5)
        return requests.get(found.server, verify=str(found.authority), timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def _own_authority(directory: Path, host: str) -> Path:
    """Make the certificate that Pebble itself is known by."""
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=pebble"]
    argv += ["-addext", f"subjectAltName=IP:{host},IP:127.0.0.1", "-keyout", "own.key", "-out", "own.crt"]
    subprocess.run(argv, cwd=directory, check=True, capture_output=True)
    return directory / "own.crt"


def _configuration(directory: Path, acme: str, management: str) -> Path:
    settings: dict[str, Any] = {
        "listenAddress": acme,
        "managementListenAddress": management,
        "certificate": str(directory / "own.crt"),
        "privateKey": str(directory / "own.key"),
        "httpPort": 80,
        "tlsPort": 443,
        "profiles": {"default": {"description": "as usual", "validityPeriod": 7776000}},
    }
    file = directory / "pebble.json"
    file.write_text(json.dumps({"pebble": settings}))
    return file
