"""From a directory to a fleet."""

from __future__ import annotations

import errno
import gc
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.fleet.build import NEWEST_KUBERNETES
from deployer.fleet.load import cluster_names, find_root, load, load_fleet, select_cluster, select_hubs
from deployer.fleet.model import (
    Aws,
    Azure,
    Cluster,
    Fleet,
    Gcp,
    HealthCheck,
    Hub,
    Kubeconfig,
    Local,
    Organisation,
)
from deployer.fleet.positions import Mark
from deployer.fleet.problems import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parent.parent / "examples"
EVERY_KEY = EXAMPLES / "valid/every-key"


@contextmanager
def as_somebody_else() -> Iterator[None]:
    """Go on as a user without rights, when we are root: to root, everything can be read."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that every user may look into, unlike those of pytest."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        for path in Path(name).rglob("*"):
            path.chmod(0o700)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A fleet with the clusters `alps` and `sea`."""
    for name in ("alps", "sea"):
        write(tmp_path, f"config/clusters/{name}/cluster.yaml", f"name: {name}\nprovider: local\n")
    return tmp_path


@pytest.fixture
def fleet() -> Fleet:
    return load_fleet(EVERY_KEY)


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


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
    assert (alps.uid, alps.outputs) == (
        "01234567-89ab-cdef-0123-456789abcdef",
        {"home_storage": "10.0.0.2"},
    )


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
    assert research.contacts["owner"] == {"name": "Ada", "email": "ada@example.org", "github": "ada"}
    assert research.at == ("hubs", 1)
    assert research.document.mark(research.at) == Mark(65, 5)
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


def test_with_one_cluster_wanted_no_other_is_read(root: Path) -> None:
    write(root, "config/clusters/sea/cluster.yaml", "name: [")
    write(root, "config/presets/broken.yaml", "[")
    fleet, problems = load(root, only="alps")
    assert ([cluster.name for cluster in fleet.clusters], problems) == (["alps"], ())


def test_one_broken_cluster_hides_nothing_of_another(root: Path) -> None:
    write(root, "config/clusters/alps/cluster.yaml", "name: [")
    write(root, "config/clusters/sea/cluster.yaml", "name: see\nprovider: local\n")
    fleet, problems = load(root)
    assert [cluster.name for cluster in fleet.clusters] == ["alps", "sea"]
    assert [(problem.path, problem.rule) for problem in problems] == [
        ("config/clusters/alps/cluster.yaml", "yaml"),
        ("config/clusters/sea/cluster.yaml", "cluster-name"),
    ]


def test_a_fleet_with_errors_is_refused_with_all_of_them(root: Path) -> None:
    for name in ("alps", "sea"):
        write(root, f"config/clusters/{name}/cluster.yaml", "provider: local\n")
    with pytest.raises(ConfigurationError) as raised:
        load_fleet(root)
    assert raised.value.message.splitlines() == [
        "the configuration has 2 errors",
        "  config/clusters/alps/cluster.yaml:1:1: missing key `name` [schema]",
        "  config/clusters/sea/cluster.yaml:1:1: missing key `name` [schema]",
    ]


def test_warnings_do_not_stop_anything() -> None:
    fleet, problems = load(EXAMPLES / "invalid/daskhub")
    assert {problem.severity for problem in problems} == {"error", "warning"}
    with pytest.raises(ConfigurationError) as raised:
        load_fleet(fleet.root)
    assert {problem.severity for problem in raised.value.problems} == {"error"}


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


def test_a_link_that_leads_out_of_the_fleet_is_outside(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = write(tmp_path_factory.mktemp("outside"), "secret.yaml", "a: 1\n")
    (root / "config/clusters/alps/link.values.yaml").symlink_to(outside)
    write(
        root,
        "config/clusters/alps/cluster.yaml",
        "name: alps\nprovider: local\nhubs:\n"
        "  - {name: a, domain: a.example.org, helm_chart: basehub,"
        " helm_chart_values_files: [link.values.yaml]}\n",
    )
    (problem,) = load(root)[1]
    assert problem.message == "hub `a`: `link.values.yaml` lies outside the fleet's directory: move it inside"


def test_a_file_that_may_not_be_read_is_a_problem(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read every file
    assert {problem.message for problem in load(root)[1]} == {"cannot be read: Permission denied"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (r"a\0b", "a file's name cannot have a NUL character"),
        ("x" * 5000, f"`{'x' * 80}...` cannot be read: File name too long"),
        ("loop.values.yaml", "`loop.values.yaml` is a link that leads back to itself"),
        ("lost.values.yaml", "`lost.values.yaml` is a link that leads to no file"),
    ],
    ids=["nul", "long", "loop", "lost"],
)
def test_a_file_that_cannot_even_be_looked_at_is_a_problem(root: Path, name: str, message: str) -> None:
    (root / "config/clusters/alps/loop.values.yaml").symlink_to("loop.values.yaml")
    (root / "config/clusters/alps/lost.values.yaml").symlink_to("nowhere.yaml")
    write(
        root,
        "config/clusters/alps/cluster.yaml",
        "name: alps\nprovider: local\nhubs:\n"
        "  - {name: a, domain: a.example.org, helm_chart: basehub,"
        f' helm_chart_values_files: ["{name}"]}}\n',
    )
    (problem,) = load(root)[1]
    assert (problem.line, problem.message, problem.rule) == (4, f"hub `a`: {message}", "file")


@pytest.mark.parametrize("target", ["nowhere.yaml", "cluster.yaml", "org.yaml"])
@pytest.mark.parametrize("name", ["config/clusters/sea/cluster.yaml", "config/org.yaml"])
def test_a_link_that_leads_nowhere_is_not_passed_over(root: Path, name: str, target: str) -> None:
    (root / name).unlink(missing_ok=True)
    (root / name).symlink_to(target)
    (problem,) = load(root)[1]
    assert (problem.path, problem.message) == (name, "a link that leads to no file")


def test_a_fleet_without_clusters_is_warned_about(tmp_path: Path) -> None:
    (tmp_path / "config/clusters/alps").mkdir(parents=True)
    (problem,) = load(tmp_path)[1]
    assert str(problem).startswith("config/clusters:1:1: ")
    assert problem.message.startswith("no cluster in config/clusters: ")
    assert load_fleet(tmp_path).clusters == ()


def test_the_garbage_collector_runs_again_after_a_load(root: Path) -> None:
    assert gc.isenabled()
    load(root)
    assert gc.isenabled()


def test_the_root_is_found_from_below(root: Path) -> None:
    assert find_root(root) == root
    assert find_root(root / "config/clusters/alps") == root


def test_without_a_fleet_the_option_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeployerError, match="no fleet here") as found:
        find_root(tmp_path)
    with pytest.raises(DeployerError, match="it has no `config/clusters`") as loaded:
        load(tmp_path)
    for raised in (found, loaded):
        assert raised.value.hint is not None
        assert "--root" in raised.value.hint


@pytest.mark.parametrize(
    ("name", "hint"),
    [("alp", "did you mean `alps`?"), ("x", "known: alps, sea"), ("../x", "known: alps, sea")],
)
def test_an_unknown_cluster_is_refused_with_what_was_meant(root: Path, name: str, hint: str) -> None:
    with pytest.raises(DeployerError) as loaded:
        load(root, only=name)
    with pytest.raises(DeployerError) as selected:
        select_cluster(load_fleet(root), name)
    for raised in (loaded, selected):
        assert (raised.value.message, raised.value.hint) == (f"no such cluster: {name}", hint)


def test_hubs_are_selected_by_name_each_once(fleet: Fleet) -> None:
    alps = select_cluster(fleet, "alps")
    assert [hub.name for hub in select_hubs(alps, [])] == ["staging", "research"]
    assert [hub.name for hub in select_hubs(alps, ["research", "research"])] == ["research"]


def test_an_unknown_hub_is_refused_with_what_was_meant(fleet: Fleet) -> None:
    with pytest.raises(DeployerError) as raised:
        select_hubs(select_cluster(fleet, "alps"), ["staging", "reserch"])
    assert (raised.value.message, raised.value.hint) == (
        "no such hub: alps reserch",
        "did you mean `research`?",
    )


def test_a_cluster_without_hubs_has_none_to_mean(fleet: Fleet) -> None:
    with pytest.raises(DeployerError) as raised:
        select_hubs(select_cluster(fleet, "sea"), ["x"])
    assert raised.value.hint == "there is none"


def test_names_of_clusters_are_known_without_reading_them(root: Path) -> None:
    write(root, "config/clusters/sea/cluster.yaml", "[")
    (root / "config/clusters/templates").mkdir()
    assert cluster_names(root) == ("alps", "sea")


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


def test_what_is_wrong_with_one_hubs_own_file_does_not_stop_another_hub(
    tmp_path: Path, repository: Path
) -> None:
    shutil.copytree(repository / "config", tmp_path / "config")
    broken = tmp_path / "config" / "clusters" / "local" / "demo.values.yaml"
    broken.write_text("jupyterhub: [\n")
    assert load_fleet(tmp_path, only="local", hubs=["staging"]).clusters
    with pytest.raises(ConfigurationError):
        load_fleet(tmp_path, only="local", hubs=["demo"])
    shared = broken.with_name("common.values.yaml")
    broken.write_text("{}\n")
    shared.write_text("jupyterhub: [\n")
    with pytest.raises(ConfigurationError):
        load_fleet(tmp_path, only="local", hubs=["staging"])


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


def test_a_directory_of_a_cluster_that_cannot_be_looked_into_hides_no_cluster(public: Path) -> None:
    for name in ("alps", "sea"):
        write(public, f"config/clusters/{name}/cluster.yaml", f"schema: 2\nname: {name}\nprovider: local\n")
    (public / "config/clusters/alps").chmod(0)
    load(public)  # imports all that it takes, which others may not read either
    with as_somebody_else():
        fleet, problems = load(public)
    assert [cluster.name for cluster in fleet.clusters] == ["alps", "sea"]
    assert list(map(str, problems)) == [
        "config/clusters/alps/cluster.yaml:1:1: cannot be read: Permission denied [file]"
    ]


def test_clusters_that_cannot_be_listed_are_told(public: Path) -> None:
    write(public, "config/clusters/sea/cluster.yaml", "schema: 2\nname: sea\nprovider: local\n")
    (public / "config/clusters").chmod(0)
    with as_somebody_else(), pytest.raises(DeployerError) as raised:
        load(public)
    assert raised.value.message == f"can't read {public}/config/clusters: Permission denied"
