"""`deployer doctor CLUSTER` on a real API server: what it finds, and that it writes nothing."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from deployer.fleet.schema import SCHEMAS
from deployer.operations.deploy import releases
from tests.support.site import CLASS, CRD, DEFINITION, LEASE, SERVICE, Site, clean
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

DISK = "/apis/storage.k8s.io/v1/storageclasses/fast"
METRICS = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io"
CERT_MANAGER = "/apis/cert-manager.io/v1"
DEFINITIONS = DEFINITION.rpartition("/")[0]
CERTIFICATES = f"{CERT_MANAGER}/namespaces/default/certificates"
DEPLOY = "`deployer deploy hut --support`"
KINDS = (("Certificate", "certificates", "Namespaced"), ("ClusterIssuer", "clusterissuers", "Cluster"))


@pytest.fixture
def site(site: Site) -> Iterator[Site]:
    yield site
    mine = [f"{DEFINITIONS}/{plural}.cert-manager.io" for _kind, plural, _scope in KINDS]
    clean(site.api, DISK, METRICS, *mine)


def looked_at(site: Site, *, code: int) -> dict[str, list[dict[str, Any]]]:
    """Return what is found, by what was looked at."""
    done = site.run("doctor", "hut", "--output", "json")
    assert done.returncode == code, done.stdout + done.stderr
    report = json.loads(done.stdout)
    jsonschema.validate(report, json.loads((SCHEMAS / "doctor-cluster.schema.json").read_text()))
    found: dict[str, list[dict[str, Any]]] = {}
    for each in report["checks"]:
        found.setdefault(each["check"], []).append(each)
    return found


def states(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    return {check: [each["state"] for each in several] for check, several in found.items()}


def written(site: Site) -> list[str]:
    """Return the versions of what a deploy writes."""
    paths = ("/api/v1/namespaces/support/secrets", DEFINITIONS, LEASE.rpartition("/")[0])
    return [each["metadata"]["resourceVersion"] for path in paths for each in site.api.items(path)]


def with_disk(site: Site) -> None:
    annotation = {"storageclass.kubernetes.io/is-default-class": "true"}
    body = {"metadata": {"name": "fast", "annotations": annotation}, "provisioner": "example.org/disk"}
    site.api.create(DISK.rpartition("/")[0], body)


def with_address(site: Site) -> None:
    status = {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}
    site.api.patch(f"{SERVICE}/status", {"status": status})


def with_cert_manager(site: Site) -> None:
    """Define what cert-manager does, as far as it is looked at; it keeps whatever it is given."""
    for kind, plural, scope in KINDS:
        body = yaml.safe_load(CRD.format("any").replace("example.org", "cert-manager.io"))
        body["metadata"]["name"] = f"{plural}.cert-manager.io"
        body["spec"] |= {"names": {"kind": kind, "plural": plural}, "scope": scope}
        body["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["x-kubernetes-preserve-unknown-fields"] = (
            True
        )
        site.api.apply(f"{DEFINITIONS}/{plural}.cert-manager.io", body, manager="test")
        wait_for(partial(established, site, f"{DEFINITIONS}/{plural}.cert-manager.io"), kind)


def established(site: Site, path: str) -> bool:
    """Tell whether the server knows a definition; it tells nothing at all of one that it has just got."""
    conditions = site.api.get(path).get("status", {}).get("conditions") or ()
    return any(each["type"] == "Established" for each in conditions)


def made(site: Site, kind: str, name: str, *, ready: bool, **status: str) -> None:
    message = "issued" if ready else "no such name"
    condition = {"type": "Ready", "status": str(ready), "message": message}
    body = {
        "apiVersion": "cert-manager.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "status": {"conditions": [condition], **status},
    }
    path = CERTIFICATES if kind == "Certificate" else f"{CERT_MANAGER}/clusterissuers"
    site.api.apply(f"{path}/{name}", body, manager="test")


def test_of_a_bare_cluster_all_is_missing_and_each_has_a_next_step(site: Site) -> None:
    found = looked_at(site, code=1)
    assert states(found) == {
        "kubernetes": ["ok"],
        "default disk": ["missing"],
        "metrics API": ["missing"],
        "support": ["missing"],
        "definitions": ["missing"],
        "address": ["missing"],
        "ingress class": ["missing"],
    }
    assert found["support"][0]["next"] == DEPLOY
    assert found["definitions"][0]["told"] == "doors.example.org"
    assert all(each["next"] for several in found.values() for each in several if each["state"] != "ok")


def test_a_cluster_that_has_all_is_well_and_nothing_was_written(site: Site) -> None:
    assert site.deploy().returncode == 0
    with_disk(site)
    with_address(site)
    before = written(site)
    found = looked_at(site, code=0)
    assert states(found) | {"kubernetes": [], "metrics API": []} == {
        "kubernetes": [],
        "default disk": ["ok"],
        "metrics API": [],
        "support": ["ok"],
        "definitions": ["ok"],
        "address": ["ok"],
        "ingress class": ["ok"],
    }
    assert found["address"][0]["told"] == "192.0.2.7"
    assert found["support"][0]["told"] == "revision 1 is good and what is wanted"
    assert written(site) == before


def test_what_is_old_or_broken_is_told(site: Site) -> None:
    assert site.deploy().returncode == 0
    site.values(acme={"email": "ops@example.org"})
    known = site.api.get(DEFINITION)["metadata"]["annotations"]["deployer.dev/package"]
    assert known.startswith("traefik ")
    site.api.patch(DEFINITION, {"metadata": {"annotations": {"deployer.dev/package": "traefik 1.0.0"}}})
    found = looked_at(site, code=1)
    assert (found["support"][0]["state"], found["support"][0]["told"]) == (
        "old",
        "revision 1 is good, but not what is wanted now",
    )
    assert (found["definitions"][0]["state"], found["definitions"][0]["next"]) == ("old", DEPLOY)
    assert found["address"][0]["told"] == "the cloud gave the entry point no address"
    shown = site.run("doctor", "hut").stdout
    assert f"support        old      revision 1 is good, but not what is wanted now  next: {DEPLOY}" in shown


def test_a_release_that_failed_or_hangs_is_told(site: Site) -> None:
    site.broken()
    assert site.deploy("--no-rollback").returncode == 1
    found = looked_at(site, code=1)
    assert found["support"][0]["told"] == "revision 1 is deployed, and did not prove good"
    assert found["pods"][0]["told"] == "not up: deployment door"
    (revision,) = releases.revisions(site.api, "support", "support")
    path = f"/api/v1/namespaces/support/secrets/{revision.secret}"
    site.api.patch(path, {"metadata": {"labels": {"status": "pending-upgrade"}}})
    found = looked_at(site, code=1)
    assert found["support"][0]["told"] == "revision 1 is pending-upgrade: a deploy is at work, or was killed"


def test_issuer_and_certificates_are_looked_at(site: Site) -> None:
    with_cert_manager(site)
    made(site, "ClusterIssuer", "letsencrypt-prod", ready=False)
    made(site, "Certificate", "good", ready=True, notAfter="2999-01-01T00:00:00Z")
    site.write({"acme": {"email": "ops@example.org"}, "prometheus": {"enabled": False}})
    found = looked_at(site, code=1)
    assert (found["issuer"][0]["state"], found["issuer"][0]["told"]) == ("failing", "no such name")
    assert found["certificates"] == [
        {"check": "certificates", "state": "ok", "told": "1 are ready", "next": None, "required": False}
    ]
    made(site, "ClusterIssuer", "letsencrypt-prod", ready=True)
    made(site, "Certificate", "late", ready=True, notAfter="2020-01-01T00:00:00Z")
    made(site, "Certificate", "refused", ready=False)
    found = looked_at(site, code=1)
    assert found["issuer"][0]["state"] == "ok"
    assert [each["told"] for each in found["certificates"]] == [
        "default/late ends on 2020-01-01T00:00:00Z, and was not renewed",
        "default/refused is not ready: no such name",
    ]


def test_metrics_that_are_asked_for_in_vain_are_told(site: Site) -> None:
    spec = {
        "group": "metrics.k8s.io",
        "version": "v1beta1",
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
        "service": {"namespace": "kube-system", "name": "metrics-server"},
        "insecureSkipTLSVerify": True,
    }
    site.api.create(
        METRICS.rpartition("/")[0], {"metadata": {"name": METRICS.rpartition("/")[2]}, "spec": spec}
    )
    for _ in range(1000):
        if site.api.get(METRICS).get("status", {}).get("conditions"):
            break
    (found,) = looked_at(site, code=1)["metrics API"]
    assert (found["state"], found["required"]) == ("failing", False)
    assert "metrics-server" in found["told"]


def test_prometheus_that_cannot_be_asked_is_unknown(site: Site) -> None:
    site.values(prometheus={"enabled": True})
    (found,) = looked_at(site, code=1)["metrics"]
    assert (found["state"], found["required"]) == ("unknown", False)


def test_a_cluster_that_asks_for_no_support_lacks_none(site: Site) -> None:
    site.say(None)
    with_disk(site)
    found = looked_at(site, code=0)
    assert set(found) == {"kubernetes", "default disk", "metrics API", "support"}
    assert found["support"][0]["told"] == "cluster.yaml has no key `support`: nothing deploys it"


def test_who_owns_the_class_is_told(site: Site) -> None:
    spec = {"controller": "k8s.io/ingress-nginx"}
    site.api.create(CLASS.rpartition("/")[0], {"metadata": {"name": "nginx"}, "spec": spec})
    assert looked_at(site, code=1)["ingress class"][0]["told"] == "nginx, of k8s.io/ingress-nginx"
