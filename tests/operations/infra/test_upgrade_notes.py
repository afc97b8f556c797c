"""What is told before an upgrade, and what it writes into cluster.yaml."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.fleet.editing.writing import write
from deployer.fleet.load import load, select_cluster
from deployer.operations.infra.running import Group, Running
from deployer.operations.infra.upgrade.notes import notes
from deployer.operations.infra.upgrade.plan import path
from deployer.operations.infra.upgrade.written import written
from tests.charts.making import write_chart

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster
    from deployer.session import Session

TOOLS = Path(__file__).parents[3] / ".tools/bin"
TODAY = date(2026, 11, 28)
POOLS = {"core": "core", "small": "notebooks"}
HEAD = """\
schema: 2
name: alps
provider: aws
"""
TAIL = """\
aws: {account: "123456789012", clusterName: alps, region: us-west-2}
infrastructure:
  zones: [us-west-2a, us-west-2b]
  # The version.
  %snode_pools:
    core: {machine: r6i.large}
    notebooks:
      small: {machine: r6i.large}
hubs:
  - name: quiet
    domain: quiet.example.org
    helm_chart: basehub
    helm_chart_values_files: []
  - name: loud
    domain: loud.example.org
    helm_chart: basehub
    helm_chart_values_files: []
    features: {announcement: {text: Nodes are renewed.}}
"""
BUILT = "kubernetes_version: '1.33'  # not 1.32\n  "


def fleet(tmp_path: Path, text: str) -> Cluster:
    file = tmp_path / "config/clusters/alps/cluster.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    found, problems = load(tmp_path)
    assert not [each for each in problems if each.severity == "error"]
    return select_cluster(found, "alps")


def told(cluster: Cluster, cloud: str, goal: str, hours: int = 24) -> list[str]:
    groups = tuple(Group(key=key, pool=key, version="1.33") for key in POOLS)
    now = Running(cloud=cloud, control_plane="1.33", asked="1.33", groups=groups)
    return list(notes(cluster, now, goal, path(now, goal, POOLS), hours=hours, today=TODAY))


def test_people_who_are_told_nothing_are_named(tmp_path: Path) -> None:
    cluster = fleet(tmp_path, HEAD + TAIL % "")
    say = "say it with `features.announcement`, and `deployer deploy alps` before"
    silent = f"nothing tells people of quiet: {say}"
    away = "what runs on nodes that are changed one after the other starts anew: hubs are away for minutes"
    stay = "people's servers stay on old nodes until they end, 24 hours at most; then they are stopped"
    assert told(cluster, "aws", "1.34") == [away, stay, silent]
    at_once = "people's servers on old nodes are stopped at once, without saving anything"
    assert told(cluster, "aws", "1.34", hours=0) == [away, at_once, silent]
    end = "people's servers on small end with their nodes, without saving anything"
    assert told(cluster, "azure", "1.35") == [away, end, silent]
    (ended,) = told(cluster, "aws", "1.33")
    assert ended == (
        "EKS's standard support of Kubernetes 1.33 has ended on 2026-07-29; "
        "extended support, which costs more, until 2027-07-29"
    )


def test_what_is_not_in_the_table_is_told(tmp_path: Path) -> None:
    cluster = fleet(tmp_path, HEAD + TAIL % "")
    assert told(cluster, "aws", "1.37")[0] == (
        "we know nothing of Kubernetes 1.37 in this cloud, but of "
        "1.29, 1.30, 1.31, 1.32, 1.33, 1.34, 1.35, 1.36: it refuses what it does not have"
    )


def test_gke_says_who_has_to_wait_for_it(tmp_path: Path) -> None:
    cluster = fleet(tmp_path, HEAD + TAIL % "")
    by_itself, waits, _ = told(cluster, "gcp", "1.36")
    assert by_itself == (
        "GKE brings the nodes on by itself, in its hours of maintenance; servers end with their nodes"
    )
    assert waits == (
        "the nodes of core, small are too old for the control plane to go further: "
        "run this again when GKE has brought them on"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD + TAIL % BUILT, HEAD + TAIL % BUILT.replace("1.33", "1.34")),
        (
            f'{HEAD}kubernetes_version: "1.32"\n{TAIL % BUILT}',
            f'{HEAD}kubernetes_version: "1.34"\n{TAIL % BUILT.replace("1.33", "1.34")}',
        ),
        (HEAD + TAIL % "", f'{HEAD}kubernetes_version: "1.34"\n{TAIL % ""}'),
    ],
    ids=["what is built", "both", "neither"],
)
def test_cluster_yaml_says_the_version_and_keeps_every_other_byte(
    session: Session, tmp_path: Path, before: str, after: str
) -> None:
    cluster = fleet(tmp_path, before)
    found = written(session, tmp_path, cluster, "1.34")
    assert cluster.document.path.read_text() == before
    write(found.changes)
    assert cluster.document.path.read_text() == after
    again = select_cluster(load(tmp_path)[0], "alps")
    assert again.kubernetes_version == "1.34"
    assert written(session, tmp_path, again, "1.34").changes == ()


@pytest.mark.integration
@pytest.mark.skipif(
    not shutil.which("helm", path=f"{TOOLS}{os.pathsep}{os.environ['PATH']}"), reason="no helm"
)
def test_hubs_whose_objects_the_version_does_not_take_stop_it(session: Session, tmp_path: Path) -> None:
    text = HEAD + TAIL % BUILT.replace("1.33", "1.31")
    template = "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\nmetadata: {name: old}\n"
    write_chart(tmp_path / "helm-charts/old", files={"templates/old.yaml": template})
    cluster = fleet(tmp_path, text.replace("helm_chart: basehub", "helm_chart: old", 1))
    session = replace(session, environ=dict(os.environ), tools=(TOOLS,))
    with pytest.raises(DeployerError) as raised:
        written(session, tmp_path, cluster, "1.32")
    heading, problem = raised.value.message.splitlines()
    assert heading == "hubs of alps are not ready for Kubernetes 1.32:"
    assert "hub `quiet`: FlowSchema old: Kubernetes 1.32 removed `FlowSchema` from" in problem
    assert raised.value.hint == "nothing was done; mend these and deploy the hubs, then upgrade"

    # Somebody wrote the version themselves.
    path = cluster.document.path
    path.write_text(path.read_text().replace("1.31", "1.32"))
    with pytest.raises(DeployerError, match=r"^hubs of alps are not ready for Kubernetes 1\.32:"):
        written(session, tmp_path, select_cluster(load(tmp_path)[0], "alps"), "1.32")
