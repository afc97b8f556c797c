"""What goes wrong around a deploy of the support, on a real API server."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.tools.kubernetes import NotFound
from tests.charts.making import write_mirror
from tests.support.api_server import api_server
from tests.support.site import CRD, DEFINITION, LEASE, Site, clean, make_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

GATES = DEFINITION.replace("doors", "gates")


def definition(description: str, **metadata: Any) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(CRD.format(description))
    made["metadata"].update(metadata)
    return made


def described(site: Site) -> list[str]:
    versions = site.api.get(DEFINITION)["spec"]["versions"]
    return [each["schema"]["openAPIV3Schema"]["description"] for each in versions]


def test_after_a_broken_upgrade_the_next_one_works(site: Site) -> None:
    assert site.deploy().returncode == 0
    site.broken()
    site.define("second")
    assert site.deploy().returncode == 1
    assert (site.good(), described(site)) == ("1,3", ["second"])
    site.broken(broken=False)
    site.define("third")
    assert site.deploy().returncode == 0
    assert (site.good(), described(site)) == ("1,3,4", ["third"])


def test_definitions_of_somebody_else_are_brought_forward_and_that_is_told(site: Site) -> None:
    site.api.apply(DEFINITION, definition("old"), manager="kubectl")
    done = site.deploy()
    assert done.returncode == 0, done.stderr
    assert (
        "support: the definition of doors.example.org was written by kubectl: ours takes its place"
        in done.stderr
    )
    assert described(site) == ["first"]
    assert "takes its place" not in site.deploy().stderr


@pytest.mark.parametrize(
    "metadata",
    [
        {"annotations": {"deployer.dev/package": "traefik 99.0.0"}},
        {"labels": {"app.kubernetes.io/version": "v99.0.0"}},
    ],
    ids=["of a deploy of ours", "of the package's own"],
)
def test_definitions_never_go_backward(site: Site, metadata: dict[str, Any]) -> None:
    site.api.apply(DEFINITION, definition("newer", **metadata), manager="kubectl")
    done = site.deploy()
    assert done.returncode == 0, done.stderr
    assert "support: the cluster has a newer definition of doors.example.org: left as it is" in done.stderr
    assert described(site) == ["newer"]


def test_a_version_of_the_api_that_only_the_cluster_knows_is_not_taken_away(site: Site) -> None:
    """Objects may be stored in it."""
    newer = definition("newer")
    second = {**newer["spec"]["versions"][0], "name": "v2", "storage": False}
    newer["spec"]["versions"].append(second)
    site.api.apply(DEFINITION, newer, manager="kubectl")
    assert site.deploy().returncode == 0
    assert described(site) == ["newer", "newer"]


def test_two_clusters_at_once_keep_apart(site: Site, tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    with api_server(tmp_path / "server") as kubeconfig:
        other = make_site(tmp_path / "other", write_mirror(tmp_path / "mirror of the other"), kubeconfig)
        other.values()
        other.define("of the other")
        with ThreadPoolExecutor() as pool:
            both = list(pool.map(Site.deploy, (site, other)))
        assert [done.returncode for done in both] == [0, 0], both
        assert (described(site), described(other)) == (["first"], ["of the other"])
        assert (site.good(), other.good()) == ("1", "1")


def test_who_holds_the_lease_is_named_and_nothing_is_written(site: Site) -> None:
    assert site.deploy().returncode == 0
    spec = {"holderIdentity": "eve@ci", "leaseDurationSeconds": 600}
    site.api.patch(LEASE, {"spec": {**spec, "acquireTime": "2026-01-01T00:00:00.000000Z"}})
    site.values(acme={"email": "ops@example.org"})
    done = site.deploy("--wait", "0")
    assert done.returncode == 1
    assert "support: eve@ci is at work on support since 2026-01-01T00:00:00.000000Z" in done.stderr
    assert site.revisions() == [(1, "deployed")]
    site.hubs("maths")
    done = site.deploy_hubs("maths", "--wait", "0")
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["support", "failed"],
        ["maths", "deployed"],
    ]
    assert done.returncode == 1


@pytest.fixture
def rival(site: Site) -> Iterator[None]:
    """Somebody has a resource of the same kind, so that ours is defined and not served."""
    other = definition("rival", name="gates.example.org")
    other["spec"]["names"] = {"kind": "Door", "plural": "gates"}
    site.api.create(GATES.rpartition("/")[0], other)
    yield
    clean(site.api, GATES)


@pytest.mark.usefixtures("rival")
def test_a_user_may_stop_between_definitions_and_release(site: Site) -> None:
    site.hubs("geology")
    argv = site.argv("deploy", "hut", "--timeout", "10")
    with subprocess.Popen(argv, env=site.environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "define resources" in line:
                break
        _wait_for(site)
        os.kill(process.pid, signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(timeout=60) == 130, rest
    assert "Traceback" not in rest
    assert site.revisions() == []
    assert site.api.get(LEASE)["spec"]["holderIdentity"] == ""
    with pytest.raises(NotFound):
        site.api.get("/api/v1/namespaces/geology/secrets/hub")
    clean(site.api, GATES)
    done = site.deploy()
    assert done.returncode == 0, done.stderr
    assert site.good() == "1"


def _wait_for(site: Site) -> None:
    """Wait until the definition is written, at most for a minute."""
    for _ in range(600):
        with suppress(NotFound):
            site.api.get(DEFINITION)
            return
        time.sleep(0.1)
    pytest.fail("no definition was written")
