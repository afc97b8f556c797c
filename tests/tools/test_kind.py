"""How kind is called, and what keeps it from working here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from deployer.tools.kind import Kind, create_argv, delete_argv, load_argv
from tests.tools.fake_runner import Call, FakeRunner

KUBECONFIG = Path("/state/local/kubeconfig")
INFO = ("docker", "info", "--format={{.ServerVersion}}")


@dataclass
class Installed(FakeRunner):
    """A runner on a machine that has only certain programs."""

    programs_here: tuple[str, ...] = ("docker", "kind")

    def find(self, name: str) -> Path | None:
        return Path("/bin") / name if name in self.programs_here else None


def kind(*calls: Call, here: tuple[str, ...] = ("docker", "kind")) -> Kind:
    fake = Installed(programs_here=here)
    fake.expected.extend(calls)
    return Kind(programs=fake.programs)


def test_a_cluster_is_made_with_its_own_kubeconfig_and_waited_for() -> None:
    assert create_argv(KUBECONFIG) == (
        *("kind", "create", "cluster", "--name=deployer"),
        *("--kubeconfig=/state/local/kubeconfig", "--wait=180s"),
    )


def test_only_our_own_cluster_is_deleted() -> None:
    assert delete_argv(KUBECONFIG) == (
        *("kind", "delete", "cluster", "--name=deployer"),
        "--kubeconfig=/state/local/kubeconfig",
    )


def test_archives_are_loaded_into_our_cluster() -> None:
    assert load_argv(Path("/hub.tar")) == ("kind", "load", "image-archive", "/hub.tar", "--name=deployer")


def test_each_call_is_one_run_of_the_program() -> None:
    exporting = ("kind", "export", "kubeconfig", "--name=deployer", f"--kubeconfig={KUBECONFIG}")
    argvs = (create_argv(KUBECONFIG), exporting, load_argv(Path("/hub.tar")), delete_argv(KUBECONFIG))
    fake = FakeRunner()
    fake.expected.extend(Call(argv=argv) for argv in argvs)
    program = Kind(programs=fake.programs)
    program.create(KUBECONFIG)
    program.export_kubeconfig(KUBECONFIG)
    program.load(Path("/hub.tar"))
    program.delete(KUBECONFIG)
    assert fake.all_used()


@pytest.mark.parametrize(
    ("listed", "there"), [("deployer\nother\n", True), ("deployer-of-somebody\n", False), ("", False)]
)
def test_a_cluster_is_there_when_kind_lists_it(listed: str, there: bool) -> None:
    assert kind(Call(argv=("kind", "get", "clusters"), stdout=listed)).exists() is there


def test_nothing_is_in_the_way_where_an_engine_answers() -> None:
    assert kind(Call(argv=INFO, stdout="28.1\n")).obstacle() is None


def test_an_engine_that_does_not_answer_is_said() -> None:
    silent = kind(Call(argv=INFO, returncode=1, stderr="Cannot connect to the Docker daemon"))
    assert silent.obstacle() == "no Docker engine answers (`docker info`)"


@pytest.mark.parametrize(
    ("here", "said"),
    [(("kind",), "docker is not installed"), (("docker",), "kind is not installed")],
)
def test_a_missing_program_is_said(here: tuple[str, ...], said: str) -> None:
    assert kind(here=here).obstacle() == said
