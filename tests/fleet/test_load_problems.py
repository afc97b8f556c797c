"""What is wrong with the files of a fleet is told, and hides nothing of the others."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.fleet.load import load, load_fleet
from deployer.fleet.problems import ConfigurationError
from tests.fleet.loading import EXAMPLES, two_clusters, write

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    return two_clusters(tmp_path)


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
