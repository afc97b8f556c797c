"""Deploys of the support to a real API server: what is written, defined, kept, and gone back to.

The packages are tiny. No controller runs, so a Deployment never comes up: that is how an upgrade fails here.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from deployer.operations.deploy import releases
from deployer.tools.kubernetes import NotFound
from tests.support.api_server import REPOSITORY, api_server
from tests.support.site import CLASS, DEFINITION, LEASE, NEVER_UP, SERVICE, Site, make_site

pytestmark = pytest.mark.integration


def test_a_release_is_written_and_remembered_as_good_and_its_definitions_before_it(site: Site) -> None:
    done = site.deploy("--output", "json")
    assert done.returncode == 0, done.stderr
    (outcome,) = json.loads(done.stdout)["hubs"]
    assert (outcome["hub"], outcome["ok"], outcome["revision"]) == ("support", True, 1)
    assert done.stderr.index("define resources ...") < done.stderr.index("upgrade release ...")
    assert site.good() == "1"
    assert site.api.get(CLASS)["spec"]["controller"] == "k8s.io/ingress-nginx"
    service = site.api.get(SERVICE)
    assert service["spec"]["selector"] == {"deployer.dev/entrypoint": "true"}
    definition = site.api.get(DEFINITION)
    assert {each["manager"] for each in definition["metadata"]["managedFields"]} >= {"deployer"}
    assert "meta.helm.sh/release-name" not in definition["metadata"].get("annotations", {})


def test_a_newer_definition_takes_the_place_of_an_older_one(site: Site) -> None:
    """Helm by itself would have installed the first and never looked again."""
    assert site.deploy().returncode == 0
    site.define("second")
    assert site.deploy().returncode == 0
    (version,) = site.api.get(DEFINITION)["spec"]["versions"]
    assert version["schema"]["openAPIV3Schema"]["description"] == "second"
    assert site.good() == "1,2"


def test_a_release_that_does_not_come_up_goes_back_and_leaves_its_definitions(site: Site) -> None:
    assert site.deploy().returncode == 0
    template = site.mirror / "traefik/templates/door.yaml"
    template.parent.mkdir()
    template.write_text(NEVER_UP)
    site.define("second")
    done = site.deploy()
    assert done.returncode == 1
    assert "support: not up after 10 s: deployment door" in done.stderr
    assert done.stdout.split()[:3] == ["support", "rolled", "back"]
    assert site.good() == "1,3"
    with pytest.raises(NotFound):
        site.api.get("/apis/apps/v1/namespaces/support/deployments/door")
    (version,) = site.api.get(DEFINITION)["spec"]["versions"]
    assert version["schema"]["openAPIV3Schema"]["description"] == "second"


def test_the_levels_of_the_namespace_are_those_of_the_revision_that_runs(site: Site) -> None:
    def level() -> str | None:
        metadata = site.api.get("/api/v1/namespaces/support")["metadata"]
        found: str | None = metadata["labels"].get("pod-security.kubernetes.io/enforce")
        return found

    assert site.deploy().returncode == 0
    assert level() is None
    site.values(podSecurity={"enforce": "fitting"})
    assert site.deploy().returncode == 0
    assert level() == "baseline"
    template = site.mirror / "traefik/templates/door.yaml"
    template.parent.mkdir()
    template.write_text(NEVER_UP)
    site.values(podSecurity={"enforce": "restricted"})
    done = site.deploy()
    assert done.stdout.split()[:3] == ["support", "rolled", "back"], done.stderr
    assert level() == "baseline"
    template.unlink()
    site.values()
    assert site.deploy().returncode == 0
    assert level() is None


def test_the_address_and_the_definitions_outlive_the_release(site: Site) -> None:
    assert site.deploy().returncode == 0
    before = site.api.get(SERVICE)["metadata"]["uid"]
    helm = str(REPOSITORY / ".tools/bin/helm")
    argv = [helm, "uninstall", "support", "--namespace", "support", "--kubeconfig", str(site.kubeconfig)]
    subprocess.run(argv, check=True, capture_output=True)
    with pytest.raises(NotFound):
        site.api.get(CLASS)
    assert site.api.get(SERVICE)["metadata"]["uid"] == before
    assert site.api.get(DEFINITION)["metadata"]["name"] == "doors.example.org"
    again = site.deploy()
    assert again.returncode == 0, again.stderr
    assert site.api.get(SERVICE)["metadata"]["uid"] == before


def test_a_definition_that_the_server_refuses_stops_the_release_before_it(site: Site) -> None:
    assert site.deploy().returncode == 0
    file = site.mirror / "traefik/crds/doors.yaml"
    file.write_text(file.read_text().replace("storage: true", "storage: false"))
    done = site.deploy()
    assert done.returncode == 1
    assert "the cluster refused `PATCH" in done.stderr
    assert "support: nothing was changed" in done.stderr
    assert [each.number for each in releases.revisions(site.api, "support", "support")] == [1]


def test_a_dry_run_writes_nothing(site: Site) -> None:
    done = site.deploy("--dry-run")
    assert done.returncode == 0, done.stderr
    assert "would deploy hut support" in done.stdout
    for path in (SERVICE, CLASS, DEFINITION, LEASE):
        with pytest.raises(NotFound):
            site.api.get(path)


def test_the_server_takes_everything_that_upstreams_charts_make(tmp_path: Path) -> None:
    """All of it is written; that it does not come up is for want of controllers here."""
    mirror = os.environ.get("DEPLOYER_SUPPORT_MIRROR")
    if not mirror:
        pytest.skip("DEPLOYER_SUPPORT_MIRROR names no chart mirror with the charts that `support` pins")
    (tmp_path / "server").mkdir()
    with api_server(tmp_path / "server", "--allow-privileged=true") as kubeconfig:
        site = make_site(tmp_path / "fleet", Path(mirror).absolute(), kubeconfig)
        # Its hook waits for a webhook that never comes up here, and the issuer comes after that.
        checks = {"startupapicheck": {"enabled": False}}
        on = {name: {"enabled": True} for name in ("external-dns", "metrics-server", "disableCoredumps")}
        room = {"notebooks": {"places": 2, "memory": "1Gi"}}
        site.write({"cert-manager": checks, "placeholders": room, **on})
        done = site.deploy()
        assert done.returncode == 1
        assert "support: not up after 10 s: deployment support-cert-manager" in done.stderr
        definitions = site.api.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
        names = {each["metadata"]["name"] for each in definitions}
        assert {"certificates.cert-manager.io", "clusterissuers.cert-manager.io"} <= names
        (revision,) = releases.revisions(site.api, "support", "support")
        assert revision.status == "deployed"
        issuers = site.api.get("/apis/cert-manager.io/v1/clusterissuers")
        assert issuers["items"] == []
        found = site.run("doctor", "hut", "--output", "json").stdout
        told = {each["check"]: each["state"] for each in json.loads(found)["checks"]}
        assert (told["definitions"], told["pods"], told["support"]) == ("ok", "failing", "failing")
        assert (told["address"], told["metrics"]) == ("failing", "unknown")
