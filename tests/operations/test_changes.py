"""Looking only at what a change reaches, in real repositories."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import jsonschema
import pytest

from deployer import cli
from deployer.fleet.load import load
from deployer.fleet.schema import SCHEMAS
from deployer.operations.validation.changes import changes_since
from deployer.operations.validation.validate import validate
from deployer.tools.process import programs

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.validation.report import Report
    from deployer.session import Session

pytestmark = pytest.mark.integration

CLUSTER = """\
name: {name}
provider: local
kubernetes_version: "1.34"
hubs:
  - name: one
    domain: one.{name}.example.org
    helm_chart: basehub
    helm_chart_values_files: [../common.values.yaml, one.values.yaml]
  - name: two
    domain: two.{name}.example.org
    helm_chart: basehub
    helm_chart_values_files: [../common.values.yaml]
"""


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n  name = a\n  email = a@example.org\n")
    return replace(session, environ={"HOME": str(home), "PATH": os.environ["PATH"]})


@pytest.fixture
def root(session: Session, tmp_path: Path) -> Path:
    """A fleet in a subdirectory of a repository, committed on `main`; its clusters are `a` and `b`."""
    top = tmp_path / "repository"
    fleet = top / "our fleet"
    write(fleet, "config/clusters/common.values.yaml", "{}\n")
    for name in ("a", "b"):
        write(fleet, f"config/clusters/{name}/cluster.yaml", CLUSTER.format(name=name))
        write(fleet, f"config/clusters/{name}/one.values.yaml", "{}\n")
    write(fleet, "config/presets/course.yaml", "description: A course\nvalues: {}\n")
    git(session, top, "init", "--quiet", "--initial-branch", "main")
    commit(session, top)
    return fleet


def git(session: Session, top: Path, *arguments: str) -> None:
    programs(session).run(["git", "-C", str(top), *arguments])


def commit(session: Session, top: Path) -> None:
    git(session, top, "add", "--all")
    git(session, top, "commit", "--quiet", "--message", "a commit")


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def checked(session: Session, root: Path, cluster: str | None = None, *hubs: str) -> tuple[Report, list[str]]:
    report = validate(session, root, cluster=cluster, hubs=hubs, changed_since="main", render=False)
    assert report.changes
    return report, [f"{each.cluster.name} {each.hub.name}" for each in report.changes.reached]


def test_only_the_hubs_that_a_change_reaches_are_looked_at(session: Session, root: Path) -> None:
    write(root, "config/clusters/b/one.values.yaml", "jupyterhub: {}\n")
    report, hubs = checked(session, root)
    assert (hubs, report.hubs, report.clusters) == (["b one"], 1, 2)
    # The chart is nowhere to be had, and that is only said for hubs that are looked at.
    assert report.not_checked[0].startswith("not checked: jupyterhub 4.4.0;")


def test_without_a_change_no_hub_is_looked_at(session: Session, root: Path) -> None:
    report, hubs = checked(session, root)
    assert (hubs, report.hubs, report.ok) == ([], 0, True)


def test_what_is_wrong_with_files_is_told_of_the_whole_fleet(session: Session, root: Path) -> None:
    write(
        root, "config/clusters/a/cluster.yaml", CLUSTER.format(name="a").replace("domain: two", "domian: two")
    )
    commit(session, root)
    git(session, root, "checkout", "--quiet", "-b", "work")
    write(root, "config/clusters/b/one.values.yaml", "jupyterhub: {}\n")
    report, hubs = checked(session, root)
    assert hubs == ["b one"]
    assert {problem.path for problem in report.problems} == {"config/clusters/a/cluster.yaml"}


def test_a_deleted_file_reaches_the_hubs_that_list_it(session: Session, root: Path) -> None:
    (root / "config/clusters/common.values.yaml").unlink()
    report, hubs = checked(session, root)
    assert hubs == ["a one", "a two", "b one", "b two"]
    assert [problem.rule for problem in report.problems].count("file") == 4


def test_a_renamed_cluster_is_looked_at_under_its_new_name(session: Session, root: Path) -> None:
    git(session, root, "mv", "config/clusters/a", "config/clusters/z")
    report, hubs = checked(session, root)
    assert hubs == ["z one", "z two"]
    assert "cluster-name" in [problem.rule for problem in report.problems]


def test_named_hubs_are_looked_at_when_a_change_reaches_them(session: Session, root: Path) -> None:
    write(root, "config/clusters/common.values.yaml", "jupyterhub: {}\n")
    assert checked(session, root, "b")[1] == ["b one", "b two"]
    assert checked(session, root, "b", "two")[1] == ["b two"]
    write(root, "config/clusters/common.values.yaml", "{}\n")
    assert checked(session, root, "b", "two")[1] == []


def test_an_ignored_file_of_the_fleet_counts_as_changed(session: Session, root: Path) -> None:
    """git cannot tell whether it is, and to pass over it would be a guess."""
    write(root, ".gitignore", "one.values.yaml\n")
    git(session, root, "rm", "--quiet", "--cached", "config/clusters/a/one.values.yaml")
    commit(session, root)
    assert checked(session, root)[1] == ["a one"]


def test_a_change_of_the_chart_mirror_reaches_every_hub(session: Session, root: Path) -> None:
    mirror = root.parent / "mirror"
    write(mirror, "jupyterhub/Chart.yaml", "name: jupyterhub\nversion: 0.0.1\n")
    assert checked(session, root)[1] == []
    assert len(checked(replace(session, chart_mirror=mirror), root)[1]) == 4


def test_the_report_says_why_and_is_as_its_schema_says(session: Session, root: Path) -> None:
    write(root, "config/clusters/b/one.values.yaml", "jupyterhub: {}\n")
    write(root.parent, "README.md", "\n")
    summary = checked(session, root)[0].summary()
    assert summary["changes"] == {
        "revision": "main",
        "files": 2,
        "hubs": [{"cluster": "b", "hub": "one", "files": ["config/clusters/b/one.values.yaml"]}],
    }
    jsonschema.validate(summary, json.loads((SCHEMAS / "report.schema.json").read_text()))


@pytest.fixture
def command(session: Session, root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    for name, value in (("HOME", session.environ["HOME"]), ("DEPLOYER_CACHE", str(session.cache))):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DEPLOYER_STATE", str(session.state))
    monkeypatch.delenv("DEPLOYER_CHART_MIRROR", raising=False)
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    return ["--root", str(root), "validate", "--no-render", "--skip-charts", "--changed-since"]


def test_the_command_says_how_many_hubs_and_verbosely_which_and_why(
    command: list[str], root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, "config/org.yaml", "name: Example\n")
    write(root, "config/clusters/b/one.values.yaml", "jupyterhub: {}\n")
    assert cli.run([*command, "main"]) == 0
    said = capsys.readouterr().err
    assert "2 clusters, 4 hubs reached by 2 files changed since `main`: 0 errors, " in said
    assert "b one:" not in said
    assert cli.run(["-v", *command, "main"]) == 0
    said = capsys.readouterr().err
    assert "\na two: config/org.yaml\n" in said
    assert "\nb one: config/clusters/b/one.values.yaml, config/org.yaml\n" in said


def test_the_command_refuses_an_unknown_revision(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*command, "mian"]) == 1
    said = capsys.readouterr()
    error, hint = said.err.splitlines()
    assert (said.out, error) == ("", "error: no such git revision: mian")
    assert hint == "hint: name a branch, a tag or a commit; `git fetch` gets new ones"


@pytest.mark.parametrize(
    ("now", "reaches"),
    [
        ("state: {serial: 2}\nbuckets: {x: y}\n", False),
        ("state: {serial: 2}\nbuckets: {x: z}\n", True),
        ("buckets: {\n", True),
        (None, True),
    ],
)
def test_another_version_of_the_state_reaches_no_hub_and_another_output_does(
    session: Session, root: Path, now: str | None, reaches: bool
) -> None:
    path = root / "config/clusters/a/outputs.yaml"
    path.write_text("state: {serial: 1}\nbuckets: {x: y}\n")
    git(session, root, "add", "--all")
    git(session, root, "commit", "--quiet", "--message", "outputs")
    path.write_text(now) if now else path.unlink()
    fleet, _problems = load(root)
    chosen = [(cluster, hub) for cluster in fleet.clusters for hub in cluster.hubs]
    found = changes_since(session, fleet, chosen, "HEAD")
    assert (found.files, [each.hub.name for each in found.reached]) == (1, ["one", "two"] if reaches else [])
