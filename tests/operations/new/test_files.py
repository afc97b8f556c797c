"""New clusters and hubs as they are written, compared with what they were.

After an intended change: `pytest tests/operations/new --update-golden`, and read the difference.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from deployer.fleet.editing.drafts import diff
from deployer.fleet.load import select_cluster
from deployer.operations.new import cluster, cluster_questions, hub, hub_questions, plan
from deployer.operations.new.answers import NewHub, SignIn
from deployer.operations.validation.validate import validate
from tests.charts.making import write_mirror
from tests.operations.new.answering import answered

if TYPE_CHECKING:
    from deployer.fleet.problems import Problem
    from deployer.operations.new.plan import Plan
    from deployer.session import Session
    from tests.golden.comparison import Golden

GOLDEN = Path(__file__).parent.parent.parent / "golden/new"
ORGANISATION = "name: Example Hubs\ndomains: [hubs.example.org]\n"
ALPS = """\
name: alps
provider: kubeconfig
kubeconfig: {file: kubeconfig.yaml}
hubs:
# The first one.
- name: staging
  domain: staging.alps.example.org
  helm_chart: basehub
  helm_chart_values_files:
  - staging.values.yaml
  # - a file that is not there yet
# Nothing comes after this.
tenancy: shared
"""
KUBECONFIG = "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n"
GCP = {"CLUSTER": "moor", "provider": "gcp", "project": "my-project", "location": "us-central1-b"}
AWS = {"CLUSTER": "sea-1", "provider": "aws", "account": "012345678901", "region": "us-west-2"}
AZURE = {"CLUSTER": "isle", "provider": "azure", "resource_group": "hubs", "cluster_name": "isle-aks"}
FIRST = {"hub": "staging", "sign_in": "temporary"}
GITHUB = {"sign_in": "github", "auth_organizations": "my-organisation,other:team"}
NATIVE = {"sign_in": "native", "admin": "ada"}
HUBS: dict[str, dict[str, str]] = {
    "hub": {"HUB": "climate-lab", "sign_in": "temporary"},
    "hub-with-everything": {
        "HUB": "dask",
        "display_name": "Dask: for all",
        "domain": "dask.example.org",
        "preset": "dask",
        "admin": "ann,bob",
        "staged_by": "",
        "staging_for": "staging",
        **GITHUB,
    },
}
CLUSTERS: dict[str, dict[str, str]] = {
    "gcp": {**GCP, **FIRST},
    "gcp-region": {
        **GCP,
        "CLUSTER": "heath",
        "project": "other",
        "location": "us-central1",
        "kubernetes_version": "1.33",
    },
    "aws": {**AWS, "hub": "staging", **GITHUB},
    "aws-homes": {**AWS, **NATIVE, "hub": "course", "preset": "education"},
    "azure": {**AZURE, **FIRST, "hub": "prod", "display_name": "Isle"},
    "kubeconfig": {"CLUSTER": "campus", "provider": "kubeconfig", "kubeconfig": "given.yaml"},
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A fleet of one cluster, with a layout of its own."""
    place = tmp_path / "fleet/config/clusters/alps"
    place.mkdir(parents=True)
    (place / "cluster.yaml").write_text(ALPS)
    (place / "kubeconfig.yaml").write_text(KUBECONFIG)
    (place / "staging.values.yaml").write_text("jupyterhub: {}\n")
    (tmp_path / "fleet/config/org.yaml").write_text(ORGANISATION)
    (tmp_path / "given.yaml").write_text(KUBECONFIG)
    return tmp_path / "fleet"


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mirror(tmp_path_factory.mktemp("mirror"))


@pytest.fixture
def session(session: Session, mirror: Path) -> Session:
    """A session that has the charts at hand."""
    return replace(session, chart_mirror=mirror)


def planned_hub(session: Session, root: Path, answers: dict[str, str]) -> Plan:
    fleet, _ = plan.present(session, root)
    described = answered(hub_questions.new_hub(fleet, select_cluster(fleet, "alps")), **answers)
    return hub.plan(session, root, "alps", described)


def planned_cluster(session: Session, root: Path, answers: dict[str, str]) -> Plan:
    fleet, _ = plan.present(session, root)
    asking = cluster_questions.new_cluster(fleet, directory=root.parent)
    return cluster.plan(session, root, answered(asking, **answers))


def text(found: Plan) -> str:
    """Return all that a plan says."""
    notes = "".join(f"notice: {note}\n" for note in found.notes)
    return diff(found.changes) + notes + "".join(f"next: {step}\n" for step in found.next_steps)


def files(directory: Path) -> dict[Path, Any]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", HUBS)
def test_a_hub_is_written_so_and_a_plan_writes_nothing(
    session: Session, root: Path, golden: Golden, name: str
) -> None:
    before = files(root)
    found = planned_hub(session, root, HUBS[name])
    assert files(root) == before
    golden.check(GOLDEN / f"{name}.txt", text(found))


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_cluster_is_written_so(session: Session, root: Path, golden: Golden, name: str) -> None:
    golden.check(GOLDEN / f"{name}.txt", text(planned_cluster(session, root, CLUSTERS[name])))


def test_homes_of_a_server_of_the_hubs_own_come_after_its_first_deploy(session: Session, root: Path) -> None:
    plan.carry_out(planned_cluster(session, root, CLUSTERS["aws-homes"]))
    place = root / "config/clusters/sea-1"
    assert problems(session, root) == []
    # What the comment says, once the address is known.
    values = (place / "course.values.yaml").read_text()
    (place / "course.values.yaml").write_text(values.replace("nfs:\n  enabled: false\n", ""))
    assert [problem.rule for problem in problems(session, root)] == ["home-server"]
    text = (place / "cluster.yaml").read_text()
    later = "homes: {kind: server, address: 10.100.40.7}"
    (place / "cluster.yaml").write_text(text.replace("shared_directories: false", later))
    assert problems(session, root) == []


def test_a_disk_that_no_question_is_about_is_told_and_not_refused(session: Session, root: Path) -> None:
    """A cluster of a kubeconfig file makes disks of its own kind: the preset's size is not enough."""
    described = NewHub(
        name="course",
        display_name="Course",
        domain="course.alps.example.org",
        sign_in=SignIn(auth={"type": "native", "admins": ["ada"]}),
        presets=("education",),
    )
    found = hub.plan(session, root, "alps", described)
    (told,) = found.notes
    assert told.endswith("[home-disk]")
    assert "say `size_gb` and `storage_class` in `homes`" in told
    plan.carry_out(found)
    problems = validate(session, root, cluster="alps", hubs=["course"], render=False).problems
    assert [(each.rule, each.severity) for each in problems] == [("home-disk", "error")]


def problems(session: Session, root: Path) -> list[Problem]:
    return list(validate(session, root, cluster="sea-1", render=False).problems)


def test_what_would_be_wrong_is_told_and_nothing_is_planned(session: Session, root: Path) -> None:
    taken = NewHub(
        name="b",
        display_name="B",
        domain="staging.alps.example.org",
        sign_in=SignIn(auth={"type": "temporary"}),
    )
    before = files(root)
    with pytest.raises(DeployerError) as error:
        hub.plan(session, root, "alps", taken)
    assert error.value.message == (
        "nothing is written, for the fleet would not be right:\n"
        "  config/clusters/alps/cluster.yaml:14:3: hub `b` of `alps`, `domain`: `staging.alps.example.org` "
        "is taken by `domain` of hub `staging` of `alps`, "
        "in line 7 of config/clusters/alps/cluster.yaml [domains]"
    )
    assert files(root) == before


def test_what_is_wrong_already_is_in_nobodys_way(session: Session, root: Path) -> None:
    place = root / "config/clusters/alps/cluster.yaml"
    place.write_text(f"{ALPS}no_such_key: 1\n")
    assert planned_hub(session, root, HUBS["hub"]).notes == ()


def test_there_is_no_expectation_without_a_case() -> None:
    copies = {path.stem for path in GOLDEN.glob("copy*.txt")}
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {*HUBS, *CLUSTERS, *copies}


@pytest.mark.integration
def test_nothing_is_wrong_with_new_clusters_and_hubs_down_to_their_objects(
    session: Session, tmp_path: Path, repository: Path
) -> None:
    """Those that need secrets are left out: they are not complete before somebody has encrypted them."""
    tools = repository / ".tools/bin"
    if not (tools / "helm").exists():
        pytest.skip("not built: .tools/bin/helm")
    with_helm = replace(session, environ=dict(os.environ), tools=(tools,))
    root = tmp_path / "new"
    root.mkdir()
    local = root / "config/clusters/local/cluster.yaml"
    local.parent.mkdir(parents=True)
    local.write_text("schema: 2\nname: local\nprovider: local\nhubs: []\n")
    (tmp_path / "given.yaml").write_text(KUBECONFIG)
    for answers in CLUSTERS.values():
        if "auth_organizations" not in answers:
            domain = {"domain": f"{answers['CLUSTER']}.example.org"} if "hub" in answers else {}
            version = {"kubernetes_version": "1.34", **answers, **domain}
            plan.carry_out(planned_cluster(session, root, version))
    fleet, _ = plan.present(session, root)
    described = answered(hub_questions.new_hub(fleet, select_cluster(fleet, "local")), HUB="demo")
    plan.carry_out(hub.plan(session, root, "local", described))
    report = validate(with_helm, root)
    assert (report.problems, report.not_checked) == ((), ())
    assert (report.clusters, report.hubs, report.complete) == (6, 4, True)
