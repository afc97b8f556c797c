"""What is said in the files of a fleet arrives in its model, with its defaults and its places."""

from __future__ import annotations

import gc
import os
from datetime import datetime
from pathlib import Path

import pytest

from deployer.fleet.build import NEWEST_KUBERNETES
from deployer.fleet.load import load, load_fleet, select_cluster
from deployer.fleet.model import (
    Aws,
    Azure,
    CentralGrafana,
    Cluster,
    Fleet,
    Freeze,
    Gcp,
    HealthCheck,
    Hub,
    Kubeconfig,
    Local,
    Organisation,
    UptimeCheck,
)
from deployer.fleet.positions import Mark
from tests.fleet.loading import EVERY_KEY, two_clusters, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return two_clusters(tmp_path)


@pytest.fixture
def fleet() -> Fleet:
    return load_fleet(EVERY_KEY)


def hub(cluster: Cluster, name: str) -> Hub:
    return next(hub for hub in cluster.hubs if hub.name == name)


def test_clusters_come_in_alphabetical_order_with_what_their_provider_needs(fleet: Fleet) -> None:
    assert {cluster.name: cluster.provider for cluster in fleet.clusters} == {
        "alps": Aws(
            key="enc-deployer-credentials.secret.json",
            account="012345670123",
            cluster="alps-1",
            region="us-west-2",
        ),
        "hut": Kubeconfig(file="kubeconfig"),
        "lake": Azure(key=None, resource_group="lake", cluster="lake-1"),
        "laptop": Local(),
        "sea": Gcp(key=None, project="sea", cluster="sea-1", location="us-central1"),
    }
    assert [cluster.name for cluster in fleet.clusters] == sorted(cluster.name for cluster in fleet.clusters)


def test_the_organisation_is_read(fleet: Fleet) -> None:
    assert fleet.organisation == Organisation(
        name="Example Hubs",
        contact="https://hubs.example.org/contact",
        domains=("hubs.example.org",),
        grafana=CentralGrafana(
            url="https://grafana.hubs.example.org/all",
            token_file=EVERY_KEY / "config/enc-grafana-token.secret.yaml",
        ),
        kubernetes_version="1.33",
        staff={"github": ("example-operator",), "google": ("operator@hubs.example.org",)},
    )


def test_a_cluster_says_its_version_else_the_organisation_does(fleet: Fleet) -> None:
    versions = {
        cluster.name: (cluster.kubernetes_version, cluster.kubernetes_version_assumed)
        for cluster in fleet.clusters
    }
    assert versions == {
        "alps": ("1.32", False),
        "hut": ("1.33", False),
        "lake": ("1.33", False),
        "laptop": ("1.34", False),
        "sea": ("1.33", False),
    }


def test_a_version_that_nobody_says_is_assumed(root: Path) -> None:
    cluster = load_fleet(root).clusters[0]
    assert (cluster.kubernetes_version, cluster.kubernetes_version_assumed) == (NEWEST_KUBERNETES, True)


def test_outputs_and_identity_are_those_of_the_files(fleet: Fleet) -> None:
    alps = select_cluster(fleet, "alps")
    assert alps.uid == "01234567-89ab-cdef-0123-456789abcdef"
    assert alps.outputs["home_storage"]["homes"]["id"] == "vol-0123"


def test_outputs_of_an_adopted_cluster_are_not_read(root: Path) -> None:
    write(root, "config/clusters/alps/outputs.yaml", "home_storage: 10.0.0.2\n")
    assert select_cluster(load_fleet(root), "alps").outputs == {}


def test_the_local_cluster_is_known_from_the_state_directory(root: Path, tmp_path: Path) -> None:
    outputs = {"provider": "node", "uid": "1234", "images": {"hub": {"name": "hub", "tag": "1"}}}
    write(
        tmp_path,
        "state/local/outputs.yaml",
        "provider: node\nuid: '1234'\nimages: {hub: {name: hub, tag: '1'}}\n",
    )
    cluster = load_fleet(root, state=tmp_path / "state").clusters[0]
    assert (cluster.uid, cluster.outputs) == ("1234", outputs)


def test_without_a_local_cluster_there_is_nothing_to_know(root: Path, tmp_path: Path) -> None:
    cluster = load_fleet(root, state=tmp_path / "state").clusters[0]
    assert (cluster.uid, cluster.outputs) == (None, {})


def test_every_key_of_a_hub_arrives(fleet: Fleet) -> None:
    research = hub(select_cluster(fleet, "alps"), "research")
    directory = EVERY_KEY / "config/clusters/alps"
    assert research.namespace == "research"
    assert research.display_name == "Research in the Alps"
    assert research.domain == "alps.example.org"
    assert research.chart == "basehub"
    assert research.chart_override == directory / "Chart.yaml"
    assert [preset.name for preset in research.presets] == ["dask", "course"]
    assert research.staged_by == "staging"
    assert research.health == HealthCheck(profile="small", image="quay.io/jupyter/base-notebook", timeout=900)
    assert research.uptime_check == UptimeCheck(address="https://portal.example.org/ready", status=401)
    assert research.contacts["owner"] == {"name": "Ada", "email": "ada@example.org", "github": "ada"}
    assert research.at == ("hubs", 1)
    assert research.document.mark(research.at) == Mark(69, 5)
    exams = Freeze(
        begins=datetime.fromisoformat("2025-06-01T08:00+02:00"),
        ends=datetime.fromisoformat("2025-06-05T18:00+02:00"),
        reason="exams",
        hub="research",
    )
    assert research.freezes == (exams,)
    override = research.domain_override
    assert override
    assert (override.name, override.encrypted) == ("enc-research.domain-override.secret.yaml", True)


def test_a_hub_that_says_little_has_defaults(fleet: Fleet) -> None:
    staging = hub(select_cluster(fleet, "alps"), "staging")
    assert (staging.display_name, staging.health, staging.presets) == ("staging", HealthCheck(), ())
    assert (staging.chart_override, staging.domain_override, staging.contacts) == (None, None, {})


def test_values_files_come_in_the_listed_order(fleet: Fleet) -> None:
    files = hub(select_cluster(fleet, "alps"), "research").values_files
    assert [(file.name, file.encrypted, file.at) for file in files] == [
        ("research.values.yaml", False, ("basehub",)),
        ("enc-research.secret.values.yaml", True, ("basehub",)),
    ]


def test_values_of_a_daskhub_are_lifted_and_still_point_at_their_lines(fleet: Fleet) -> None:
    file = hub(select_cluster(fleet, "alps"), "research").values_files[0]
    assert list(file.document.data) == ["jupyterhub"]
    memory = ("jupyterhub", "singleuser", "memory", "limit")
    assert (file.document.value(memory), file.document.mark(memory)) == ("1G", Mark(9, 9))


def test_a_preset_has_its_values_as_its_document(fleet: Fleet) -> None:
    course = hub(select_cluster(fleet, "alps"), "research").presets[1]
    assert course.description == "A course"
    assert course.document.data == {"jupyterhub": {"cull": {"timeout": 600}}}
    assert course.document.mark(("jupyterhub", "cull")) == Mark(4, 5)


@pytest.mark.parametrize("cluster", ["alps", "lake"])
def test_staging_is_known_to_both_hubs_whichever_says_it(fleet: Fleet, cluster: str) -> None:
    hubs = {hub.name: hub for hub in select_cluster(fleet, cluster).hubs}
    other = ({*hubs} - {"staging"}).pop()
    assert (hubs["staging"].staging_for, hubs["staging"].staged_by) == ((other,), None)
    assert (hubs[other].staging_for, hubs[other].staged_by) == ((), "staging")


def test_a_file_that_hubs_share_is_read_once(root: Path) -> None:
    hubs = "".join(
        f"  - {{name: {name}, domain: {name}.example.org, helm_chart: basehub,"
        " helm_chart_values_files: [../common.values.yaml]}\n"
        for name in "ab"
    )
    write(root, "config/clusters/alps/cluster.yaml", f"name: alps\nprovider: local\nhubs:\n{hubs}")
    write(root, "config/clusters/common.values.yaml", "jupyterhub: {}\n")
    one, two = select_cluster(load_fleet(root), "alps").hubs
    assert one.values_files[0].document.data is two.values_files[0].document.data
    assert one.values_files[0].document.name == "config/clusters/common.values.yaml"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("chart.yaml", "config/clusters/alps/chart.yaml"),
        ("./charts/chart.yaml", "config/clusters/alps/charts/chart.yaml"),
        ("../chart.yaml", "config/clusters/chart.yaml"),
        ("helm-charts/chart.yaml", "helm-charts/chart.yaml"),
    ],
)
def test_a_chart_override_may_be_shared_by_clusters(root: Path, name: str, place: str) -> None:
    write(root, place, "name: basehub\n")
    write(
        root,
        "config/clusters/alps/cluster.yaml",
        "name: alps\nprovider: local\nhubs:\n  - {name: a, domain: a.example.org, helm_chart: basehub,"
        f" helm_chart_values_files: [], chart_override: {name}}}\n",
    )
    (hub,) = select_cluster(load_fleet(root), "alps").hubs
    assert hub.chart_override == root / place


def test_the_garbage_collector_runs_again_after_a_load(root: Path) -> None:
    assert gc.isenabled()
    load(root)
    assert gc.isenabled()


def test_this_repository_is_a_fleet_without_problems(repository: Path) -> None:
    fleet, problems = load(repository)
    assert problems == ()
    hubs = {hub.name: hub for hub in select_cluster(fleet, "local").hubs}
    assert (hubs["staging"].staging_for, hubs["demo"].staged_by) == (("demo",), "staging")


def test_the_real_fleet_loads_unedited() -> None:
    """15 clusters of a real network, which are no part of this repository."""
    given = os.environ.get("DEPLOYER_FLEET")
    if not given:
        pytest.skip("DEPLOYER_FLEET does not name the folder of the real fleet")
    fleet, problems = load(Path(given))
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert (len(fleet.clusters), sum(len(cluster.hubs) for cluster in fleet.clusters)) == (15, 41)
    accounts = [cluster.provider.account for cluster in fleet.clusters if isinstance(cluster.provider, Aws)]
    assert len(accounts) == 8
    assert all(len(account) == 12 for account in accounts)
    hubs = [hub for cluster in fleet.clusters for hub in cluster.hubs]
    daskhubs = [hub for hub in hubs if hub.document.value((*hub.at, "helm_chart")) == "daskhub"]
    assert len(daskhubs) == 9
    assert all(hub.presets[0].name == "dask" and hub.chart == "basehub" for hub in daskhubs)
    assert all("jupyterhub" in hub.values_files[0].document.data for hub in daskhubs)


def test_what_is_not_on_the_disk_yet_is_loaded_with_the_rest(root: Path) -> None:
    place = root / "config/clusters/moor"
    entry = "{name: a, domain: a.example.org, helm_chart: basehub, helm_chart_values_files: [a.values.yaml]}"
    new = {
        place / "cluster.yaml": f"schema: 2\nname: moor\nprovider: local\nhubs: [{entry}]\n".encode(),
        place / "a.values.yaml": b"jupyterhub: {}\n",
    }
    before = load(root)[1]
    fleet, problems = load(root, edited=new)
    assert [cluster.name for cluster in fleet.clusters] == ["alps", "moor", "sea"]
    assert hub(select_cluster(fleet, "moor"), "a").values_files[0].document.data == {"jupyterhub": {}}
    assert problems == before
    assert load(root, only="moor", edited=new)[0].clusters == (select_cluster(fleet, "moor"),)


def test_a_fleet_may_begin_with_what_is_not_on_the_disk_yet(tmp_path: Path) -> None:
    new = {tmp_path / "config/clusters/moor/cluster.yaml": b"schema: 2\nname: moor\nprovider: local\n"}
    fleet, problems = load(tmp_path, edited=new)
    assert ([cluster.name for cluster in fleet.clusters], problems) == (["moor"], ())
