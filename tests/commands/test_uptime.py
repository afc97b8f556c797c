"""`deployer uptime` from end to end: hubs of a fleet, real servers on loopback, and what is printed where."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from deployer.fleet.schema_files import whole
from tests.tools.site import DAY, Authority, Site, authority, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

pytestmark = pytest.mark.integration

DEPLOYER = Path(sys.executable).with_name("deployer")
GOOD = Site()


@dataclass
class World:
    """A fleet whose hubs are at addresses on loopback."""

    root: Path
    authority: Authority
    servers: ExitStack

    def at(self, site: Site, *, until: timedelta = 30 * DAY) -> str:
        """Serve a site, and return its address."""
        port = self.servers.enter_context(served(site, self.authority.certificate("localhost", until=until)))
        return f"https://localhost:{port}/hub/health"

    def write(self, cluster: str, **hubs: str | None) -> None:
        """Write a cluster with a hub at each address; None turns its check off."""
        directory = self.root / "config/clusters" / cluster
        directory.mkdir(parents=True)
        for name in ("kubeconfig", *(f"{name}.values.yaml" for name in hubs)):
            (directory / name).write_text("{}\n")
        entries = [
            {
                "name": name,
                "domain": f"{name}.{cluster}.example.org",
                "helm_chart": "basehub",
                "helm_chart_values_files": [f"{name}.values.yaml"],
                "uptime_check": {"address": address} if address else False,
            }
            for name, address in hubs.items()
        ]
        text = {
            "schema": 2,
            "name": cluster,
            "provider": "kubeconfig",
            "kubeconfig": {"file": "kubeconfig"},
            "hubs": entries,
        }
        (directory / "cluster.yaml").write_text(yaml.safe_dump(text))

    @property
    def environ(self) -> dict[str, str]:
        """An environment that trusts the authority, and in which no program is found."""
        return {
            "CI": "true",
            "DEPLOYER_CACHE": str(self.root / "cache"),
            "DEPLOYER_STATE": str(self.root / "state"),
            "PATH": "/nowhere",
            "SSL_CERT_FILE": str(self.authority.file),
        }

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run `deployer uptime` to its end."""
        argv = (str(DEPLOYER), "--root", str(self.root), "uptime", *argv)
        done = subprocess.run(argv, env=self.environ, capture_output=True, text=True, timeout=120)
        assert "Traceback" not in done.stderr, done.stderr
        return done


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    directory = tmp_path / "authority"
    directory.mkdir()
    with ExitStack() as servers:
        yield World(root=tmp_path / "fleet", authority=authority(directory), servers=servers)


def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"https://localhost:{server.getsockname()[1]}/"


def shape(text: str) -> str:
    """Return output with what is another one each time left out."""
    text = re.sub(r"localhost:\d+", "localhost:PORT", text)
    return re.sub(r" +", " ", re.sub(r"(\d{3}|-) +(\d+|-) +(29|30|-)", r"\1 MS \3", text))


def test_what_is_down_is_told_with_a_next_step_and_the_rest_is_as_it_is(world: World) -> None:
    world.write("alps", maths=world.at(GOOD), law=nobody(), art=None)
    world.write("lake", music=world.at(Site(status=503)))
    done = world.run()
    assert done.returncode == 1
    assert shape(done.stdout) == (
        "alps maths https://localhost:PORT/hub/health up 200 MS 30 days\n"
        "alps law https://localhost:PORT/ down - MS -\n"
        "alps art - not asked: turned off - MS -\n"
        "lake music https://localhost:PORT/hub/health down 503 MS 30 days\n"
    )
    look = "deployer shell {} -- kubectl --namespace"
    assert shape(done.stderr) == (
        "CLUSTER HUB ADDRESS STATE STATUS MS CERTIFICATE\n"
        "alps law: nothing listens at localhost, port "
        f"{done.stderr.split('port ')[1].split()[0]} (connection refused)\n"
        "hint: see that the name leads to the cluster, and what runs there: "
        f"`{look.format('alps')} support get service,pods`\n"
        "lake music: localhost answers that something behind it is broken (HTTP 503)\n"
        f"hint: look at the pods: `{look.format('lake')} music get pods`; `deployer logs lake music`\n"
    )


def test_named_hubs_only_are_asked_and_when_they_are_up_all_is_well(world: World) -> None:
    other = Site()
    world.write("alps", maths=world.at(GOOD), law=world.at(other), art=nobody())
    done = world.run("alps", "maths")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert other.heard == []


def test_programs_get_all_of_it_as_the_schema_says(world: World) -> None:
    world.write("alps", maths=world.at(GOOD), law=world.at(GOOD, until=-DAY), art=None)
    done = world.run("--output", "json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    jsonschema.validate(report, whole("uptime"))
    assert [(each["hub"], each["state"], each["problem"]) for each in report["addresses"]] == [
        ("maths", "up", None),
        ("law", "down", "certificate-expired"),
        ("art", "not asked", None),
    ]
    assert done.stderr == ""


def test_when_nothing_answers_it_may_be_this_machine(world: World) -> None:
    world.write("alps", maths=nobody(), law=nobody())
    done = world.run()
    assert done.stderr.endswith("hint: nothing at all answered: look at this machine's own network first\n")


def test_ctrl_c_waits_for_nobody(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        world.write("alps", maths=f"https://localhost:{silent.getsockname()[1]}/")
        argv = (str(DEPLOYER), "--root", str(world.root), "uptime", "--timeout", "600")
        process = subprocess.Popen(
            argv, env={**os.environ, **world.environ}, stderr=subprocess.PIPE, text=True
        )
        silent.settimeout(60)
        connected, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        # It would have waited for 600 seconds.
        _, said = process.communicate(timeout=60)
        connected.close()
    assert (process.returncode, said) == (130, "error: interrupted\n")
