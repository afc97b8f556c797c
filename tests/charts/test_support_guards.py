"""Room and guards of the chart support over upstream's own charts: what is there, and what is not.

As in `test_support_upstream.py`, `DEPLOYER_SUPPORT_MIRROR` names a mirror with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.charts.sources import ChartUnavailable
from deployer.fleet.manifests import objects
from deployer.fleet.model import Fleet, Organisation
from deployer.operations.render import Rendered, handed, manifests, rendered
from deployer.render.pod_security import fitting
from deployer.rules import manifests as rules
from deployer.rules import support
from deployer.rules.subjects import ReleaseObjects, ReleaseValues
from tests.charts.making import built_helm
from tests.charts.test_support_upstream import session
from tests.golden.test_golden_support import GUARDED
from tests.render import fleets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from deployer.session import Session

__all__ = ["session"]

pytestmark = pytest.mark.integration

CLOUDS = ("aws", "azure", "gcp", "kubeconfig")
NODES = {"DaemonSet/support-prometheus-node-exporter"}


def release_of(session: Session, repository: Path, provider: str, values: dict[str, Any]) -> Rendered:
    """Return the release of a cluster that was built here."""
    cluster = fleets.cluster(
        provider,
        support_files=(fleets.values_file("support.values.yaml", yaml.safe_dump(values)),),
        document=fleets.document("infrastructure: {}", "cluster.yaml"),
        organisation=Organisation(contact="ops@example.org"),
    )
    fleet = Fleet(root=repository, clusters=(cluster,))
    try:
        return rendered(session, fleet, cluster, cluster.support, decrypt=False, download=False)
    except ChartUnavailable as error:
        pytest.skip(f"the mirror lacks a chart: {error}")


def found(
    session: Session, repository: Path, provider: str, values: dict[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """Return its objects, by kind and name."""
    release = release_of(session, repository, provider, values)
    text = manifests(session, release, helm=built_helm(repository, "helm"), values=handed(release))
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in objects(text)}


def priorities(things: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, each in things.items():
        pod = each.get("spec", {}).get("template", {}).get("spec", {})
        if "priorityClassName" in pod:
            yield name, pod["priorityClassName"]


@pytest.mark.parametrize("provider", CLOUDS)
def test_priorities_are_ours_and_daemons_push_nobody_out(
    session: Session, repository: Path, provider: str
) -> None:
    """GKE refuses those of the system, and on a full node a daemon with one would stop somebody's server."""
    things = found(session, repository, provider, {"external-dns": {"enabled": True}})
    given = dict(priorities(things))
    assert set(given.values()) == {"support-critical"}
    assert "PriorityClass/support-critical" in things
    assert given.keys() >= {"Deployment/support-traefik", "Deployment/support-cert-manager"}
    assert not [name for name in given if name.startswith("DaemonSet/")]
    assert {name for name in things if name.startswith("DaemonSet/")} == NODES


@pytest.mark.parametrize("provider", CLOUDS)
def test_only_eks_gets_metrics_of_pods(session: Session, repository: Path, provider: str) -> None:
    things = found(session, repository, provider, {})
    assert ("APIService/v1beta1.metrics.k8s.io" in things) is (provider == "aws")
    assert ("Deployment/support-metrics-server" in things) is (provider == "aws")


def test_off_means_absent(session: Session, repository: Path) -> None:
    names = " ".join(found(session, repository, "gcp", {}))
    for word in ("placeholder", "coredumps", "cryptnono", "metrics-server"):
        assert word not in names
    off = ("traefik", "cert-manager", "prometheus", "grafana")
    nothing = {name: {"enabled": False} for name in off}
    assert not [name for name in found(session, repository, "gcp", nothing) if name.startswith("Priority")]


def test_miners_are_looked_for_when_asked(session: Session, repository: Path) -> None:
    values = {"cryptnono": {"enabled": True}}
    assert fitting(values) == "privileged"
    daemons = found(session, repository, "aws", values)["DaemonSet/support-cryptnono"]
    pod = daemons["spec"]["template"]["spec"]
    assert "priorityClassName" not in pod
    containers = {each["name"]: each for each in pod["containers"]}
    assert sorted(containers) == ["execwhacker", "monero"]
    assert all(each["resources"]["limits"]["memory"] for each in (*pod["containers"], *pod["initContainers"]))
    assert "--serve-metrics-port=12121" in containers["execwhacker"]["args"]


def test_a_class_of_placeholders_is_there_with_them(session: Session, repository: Path) -> None:
    values = {"placeholders": {"notebooks": {"places": 2, "memory": "1Gi"}}}
    things = found(session, repository, "azure", values)
    assert things["PriorityClass/support-placeholder"]["value"] == -10
    assert things["Deployment/placeholder-notebooks"]["spec"]["replicas"] == 2


@pytest.mark.parametrize("provider", CLOUDS)
def test_a_cluster_takes_room_and_guards(session: Session, repository: Path, provider: str) -> None:
    values = yaml.safe_load(GUARDED) | {"cryptnono": {"enabled": True}}
    release = release_of(session, repository, provider, values)
    cluster = fleets.cluster(provider)
    subject = ReleaseValues(
        cluster=cluster,
        owner=release.owner,
        chart=release.chart,
        merged=release.merged,
        handed=release.values_for_helm,
    )
    things = tuple(found(session, repository, provider, values).values())
    problems = [each for rule in support.RULES for each in rule.problems(subject)]
    of_objects = ReleaseObjects(release=subject, objects=things)
    problems += [each for rule in rules.OF_SUPPORT for each in rule.problems(of_objects)]
    assert [str(problem) for problem in problems] == []
