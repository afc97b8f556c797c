"""Migrations: fleets before and after, and what keeps one from being written.

Each directory of `migrations` has a fleet `before`, the same one `after`, and in notes.txt what is said about
it. After an intended change: `pytest tests/operations/test_migrate.py --update-golden`; read what differs.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.fleet.editing.edits import EditRefused, SetValue
from deployer.fleet.load import load
from deployer.fleet.migrations.step import Planned
from deployer.fleet.problems import ConfigurationError
from deployer.operations import migrate
from deployer.operations.migrate import carry_out, plan
from deployer.operations.sameness import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.migrations.step import Step, Subject
    from deployer.session import Session
    from tests.golden.comparison import Golden

CASES = sorted((Path(__file__).parent / "migrations").iterdir())
CLUSTER = "config/clusters/lake/cluster.yaml"


@pytest.fixture(params=CASES, ids=lambda path: path.name)
def case(request: pytest.FixtureRequest) -> Path:
    """The directory of a case."""
    found: Path = request.param
    return found


def copied(case: Path, tmp_path: Path) -> Path:
    """Return a copy of a fleet as it is before."""
    return Path(shutil.copytree(case / "before", tmp_path / "fleet"))


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def fleet(root: Path, **files: str) -> Path:
    """Write files of the cluster `lake`, which are named without `.yaml`."""
    for name, text in files.items():
        path = root / f"config/clusters/lake/{name.replace('_', '.')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def hub(name: str = "research", *, files: str = "research.values.yaml") -> str:
    return (
        f"name: lake\nprovider: local\nhubs:\n- name: {name}\n  domain: {name}.example.org\n"
        f"  helm_chart: daskhub\n  helm_chart_values_files: [{files}]\n"
    )


def test_a_fleet_becomes_what_is_expected(
    case: Path, session: Session, tmp_path: Path, golden: Golden
) -> None:
    root = copied(case, tmp_path)
    found = plan(session, root)
    assert contents(root) == contents(case / "before")
    carry_out(found)
    golden.check(case / "notes.txt", "".join(f"{note}\n" for note in found.notes))
    for name, content in contents(root).items():
        golden.check(case / "after" / name, content.decode())
    assert contents(root) == contents(case / "after")


def test_each_hub_stays_what_it_is(case: Path, session: Session, tmp_path: Path) -> None:
    root = copied(case, tmp_path)
    before, wrong = load(root)
    carry_out(plan(session, root))
    after, still_wrong = load(root)
    assert list(differences(session, before, after)) == []
    errors = {each.rule for each in wrong if each.severity == "error"}
    assert {each.rule for each in still_wrong if each.severity == "error"} <= errors


def test_a_second_time_there_is_nothing_to_do(case: Path, session: Session, tmp_path: Path) -> None:
    root = copied(case, tmp_path)
    carry_out(plan(session, root))
    again = plan(session, root)
    assert (again.clusters, again.changes, again.notes) == ((), (), ())


def test_files_of_windows_stay_files_of_windows(case: Path, session: Session, tmp_path: Path) -> None:
    def of_windows(content: bytes) -> bytes:
        return b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")

    root = copied(case, tmp_path)
    for path in root.rglob("*.yaml"):
        path.write_bytes(of_windows(path.read_bytes()))
    carry_out(plan(session, root))
    assert contents(root) == {name: of_windows(each) for name, each in contents(case / "after").items()}


def test_one_cluster_is_lifted_and_its_neighbours_stay(session: Session, tmp_path: Path) -> None:
    case = Path(__file__).parent / "migrations/everything"
    root = copied(case, tmp_path)
    found = plan(session, root, cluster="sea")
    carry_out(found)
    assert (found.clusters, found.total, found.hubs) == (("sea",), 1, 3)
    changed = {name for name, content in contents(root).items() if content != contents(case / "before")[name]}
    assert changed == {"config/clusters/sea/cluster.yaml"}


def test_to_the_format_that_it_is_in_there_is_nothing_to_do(session: Session, tmp_path: Path) -> None:
    root = fleet(tmp_path, cluster=hub(files=""))
    assert plan(session, root, to=1).changes == ()


def test_files_that_cannot_be_understood_are_not_lifted(session: Session, tmp_path: Path) -> None:
    root = fleet(tmp_path, cluster=hub(), research_values="basehub: []\n")
    with pytest.raises(ConfigurationError, match="`basehub` must be a map"):
        plan(session, root)


def test_what_is_wrong_with_a_hub_does_not_keep_it_from_being_lifted(
    session: Session, tmp_path: Path
) -> None:
    twice = hub() + hub().partition("hubs:\n")[2]
    root = fleet(tmp_path, cluster=twice, research_values="basehub: {}\n")
    assert [each.rule for each in load(root)[1] if each.severity == "error"] == ["hub-names"]
    assert plan(session, root).clusters == ("lake",)


def test_a_cluster_that_is_too_new_is_an_error_when_it_is_meant(session: Session, tmp_path: Path) -> None:
    root = fleet(tmp_path, cluster="name: lake\nschema: 3\nprovider: local\n")
    path = root / "config/clusters/alps/cluster.yaml"
    path.parent.mkdir()
    path.write_text("name: alps\nprovider: local\n")
    assert plan(session, root, cluster="alps").clusters == ("alps",)
    with pytest.raises(ConfigurationError, match="needs a newer deployer"):
        plan(session, root)


def test_a_cluster_file_behind_a_link_is_an_error(session: Session, tmp_path: Path) -> None:
    root = fleet(tmp_path, cluster="name: lake\nprovider: local\n")
    (root / CLUSTER).rename(root / "real.yaml")
    (root / CLUSTER).symlink_to(root / "real.yaml")
    with pytest.raises(EditRefused) as error:
        plan(session, root)
    assert error.value.message == f"{CLUSTER} cannot be edited: it is a link, or lies behind one"


def test_a_values_file_behind_a_link_is_listed_with_its_key(session: Session, tmp_path: Path) -> None:
    root = fleet(tmp_path, cluster=hub(), real="basehub: {jupyterhub: {cull: {}}}\n")
    (root / "config/clusters/lake/research.values.yaml").symlink_to("real.yaml")
    carry_out(plan(session, root))
    listed = "helm_chart_values_files: [{file: research.values.yaml, under: basehub}]"
    assert listed in (root / CLUSTER).read_text()


def step_that_sets(value: str, *at: str | int) -> Step:
    def step(subject: Subject) -> Iterator[Planned]:
        for cluster in subject.clusters:
            yield Planned(document=cluster.document, edits=(SetValue(at=at, value=value),))

    return step


def test_a_hub_that_would_become_another_keeps_everything_from_being_written(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = fleet(tmp_path, cluster=hub(files=""))
    steps = (step_that_sets("other.example.org", "hubs", 0, "domain"),)
    monkeypatch.setattr(migrate, "STEPS", {2: steps})
    with pytest.raises(DeployerError) as error:
        plan(session, root)
    assert error.value.message == (
        "nothing is changed, for hubs would not be what they are:\n  lake research: domain"
    )


def test_files_that_would_be_wrong_keep_everything_from_being_written(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = fleet(tmp_path, cluster="name: lake\nprovider: local\n")
    monkeypatch.setattr(migrate, "STEPS", {2: (step_that_sets("submarine", "provider"),)})
    with pytest.raises(ConfigurationError, match="`provider` must be"):
        plan(session, root)


def test_interrupted_nothing_is_written(session: Session, tmp_path: Path) -> None:
    root = fleet(tmp_path, cluster="name: lake\nprovider: local\n")
    session.interruption.request()
    with pytest.raises(DeployerError):
        plan(session, root)


@pytest.mark.skipif("DEPLOYER_FLEET" not in os.environ, reason="DEPLOYER_FLEET names no real fleet")
def test_a_real_fleet_can_be_lifted(session: Session, tmp_path: Path) -> None:
    shutil.copytree(Path(os.environ["DEPLOYER_FLEET"]) / "config", tmp_path / "config")
    before, _ = load(tmp_path)
    carry_out(plan(session, tmp_path))
    after, _ = load(tmp_path)
    assert list(differences(session, before, after)) == []
    assert plan(session, tmp_path).changes == ()
