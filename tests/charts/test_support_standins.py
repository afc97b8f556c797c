"""The stand-ins for charts of `support` make of the same values what the real charts make of them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import yaml

from deployer.fleet.features import Speaker, features
from deployer.fleet.manifests import objects
from deployer.fleet.model import Fleet
from deployer.operations.render import handed, manifests, rendered
from tests.charts.making import built_helm
from tests.render import fleets
from tests.support.test_rules import program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.session import Session

pytestmark = pytest.mark.integration

Objects: TypeAlias = "dict[str, Mapping[str, Any]]"

STANDINS = Path(__file__).parent / "support"
FILE = """\
cert-manager: {enabled: false}
grafana: {enabled: false}
prometheus-blackbox-exporter: {enabled: false}
alarm: {critical: {webhook_configs: [{url: "https://example.org/alarm"}]}}
"""


def found(session: Session, repository: Path, mirror: Path) -> Objects:
    """Return the objects of a cluster with a hub, by kind and name."""
    asked = features([Speaker(document=fleets.document("features: {metrics: true}", "cluster.yaml"))])
    people = {"owner": {"name": "Somebody", "email": "maths@example.org"}}
    hub = fleets.hub(name="maths", features=asked, contacts=people)
    file = fleets.values_file("support.values.yaml", FILE)
    cluster = fleets.cluster("gcp", hub, support_files=(file,))
    session = replace(session, chart_mirror=mirror)
    fleet = Fleet(root=repository, clusters=(cluster,))
    release = rendered(session, fleet, cluster, cluster.support, decrypt=False, download=False)
    text = manifests(session, release, helm=built_helm(repository, "helm"), values=handed(release))
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in objects(text)}


@pytest.fixture
def standins(session: Session, repository: Path) -> Objects:
    return found(session, repository, STANDINS)


@pytest.fixture
def upstream(session: Session, repository: Path) -> Objects:
    mirror = os.environ.get("DEPLOYER_SUPPORT_MIRROR")
    if not mirror:
        pytest.skip("DEPLOYER_SUPPORT_MIRROR names no chart mirror with the charts that `support` pins")
    return found(session, repository, Path(mirror).absolute())


def file(things: Objects, name: str) -> Any:
    """Return a file of the configuration of Prometheus or Alertmanager."""
    if name == "alertmanager.yml":
        return yaml.safe_load(things["Secret/alertmanager"]["stringData"][name])
    return yaml.safe_load(things["ConfigMap/support-prometheus-server"]["data"][name])


def test_programs_take_their_configuration(standins: Objects, tmp_path: Path) -> None:
    for name in ("prometheus.yml", "alerting_rules.yml", "recording_rules.yml", "alertmanager.yml"):
        (tmp_path / name).write_text(yaml.safe_dump(file(standins, name)))
    checks = (
        # Not its configuration: Debian's knows no Kubernetes, and takes no file that speaks of it.
        (program("promtool"), "check", "rules", "alerting_rules.yml"),
        (program("amtool"), "check-config", "alertmanager.yml"),
    )
    for argv in checks:
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_way_in_is_started_as_upstream_starts_it(standins: Objects, upstream: Objects) -> None:
    ours, theirs = (
        sorted(each["Deployment/support-traefik"]["spec"]["template"]["spec"]["containers"][0]["args"])
        for each in (standins, upstream)
    )
    assert ours == theirs
    service = "Service/cluster-entrypoint"
    assert standins[service] == upstream[service]


def test_what_is_measured_and_told_is_that_of_upstream(standins: Objects, upstream: Objects) -> None:
    for name in ("alerting_rules.yml", "recording_rules.yml"):
        assert file(standins, name) == file(upstream, name)
    ours, theirs = (file(each, "alertmanager.yml") for each in (standins, upstream))
    for key in ("route", "receivers", "inhibit_rules"):
        assert ours[key] == theirs[key]
    ours, theirs = (file(each, "prometheus.yml") for each in (standins, upstream))
    relabel = "alert_relabel_configs"
    assert ours["alerting"][relabel] == theirs["alerting"][relabel]
    assert ours["global"] == theirs["global"]
    jobs = {each["job_name"]: each for each in theirs["scrape_configs"]}
    assert [each for each in ours["scrape_configs"] if each["job_name"] == "hub-maths"] == [jobs["hub-maths"]]
