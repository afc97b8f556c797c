"""What is said of what controllers left, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from deployer.clouds.asking import Leftover, Unanswered, aws
from deployer.commands.app import App
from deployer.commands.infra.preflight import leftovers_told
from deployer.fleet.load import load_fleet, select_cluster
from deployer.operations.infra.leftovers import Left, leftovers
from deployer.operations.infra.run import Infrastructure
from deployer.operations.infra.workspace import Workspace
from deployer.session import Session
from deployer.tools.process import ProgramFailed, Result

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from deployer.clouds.asking import Asker
    from deployer.tools.terraform import Terraform

CLUSTER = """
schema: 2
name: alps
provider: aws
aws: {account: "123456789012", clusterName: alps-1, region: us-west-2}
infrastructure:
  zones: [us-west-2a, us-west-2b]
  node_pools:
    core: {machine: r6i.large}
hubs: []
"""


@pytest.fixture
def opened(tmp_path: Path) -> Infrastructure:
    path = tmp_path / "config/clusters/alps/cluster.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(CLUSTER)
    return Infrastructure(
        session=Session(
            environ={},
            cache=tmp_path / "cache",
            state=tmp_path / "state",
            clock=lambda: datetime(2026, 11, 28, tzinfo=UTC),
        ),
        cluster=select_cluster(load_fleet(tmp_path, state=tmp_path / "state"), "alps"),
        terraform=cast("Terraform", SimpleNamespace(env={"AWS_PROFILE": "x"}, programs=None)),
        place=Workspace(path=tmp_path, backend={}),
        variables={},
    )


def finding(*names: str) -> object:
    """Return what finds things, but for those that are known."""

    def find(asker: Asker, known: Collection[str]) -> list[Leftover]:
        assert asker.env == {"AWS_PROFILE": "x"}
        return [Leftover(name=each, delete=f"delete {each}") for each in names if each not in known]

    return find


def test_what_is_kept_is_no_leftover(opened: Infrastructure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "leftovers", finding("a", "kept"))
    left = leftovers(opened, {"kept"})
    assert left == Left(cluster="alps", found=(Leftover(name="a", delete="delete a"),))
    assert left.plain() == {"found": [{"name": "a", "delete": "delete a"}], "notice": None}
    assert left.lines() == [
        "alps: Kubernetes made this too, and nothing takes it away but you:",
        "  a\n    delete a",
    ]


def test_nothing_left_is_nothing_to_say() -> None:
    assert Left(cluster="alps").lines() == []


def test_a_cloud_that_is_not_asked_is_told_with_what_to_look_for(
    opened: Infrastructure, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_asker: Asker, _known: Collection[str]) -> list[Leftover]:
        raise Unanswered("`aws` is not installed")

    monkeypatch.setattr(aws, "leftovers", refuse)
    (line,) = leftovers(opened, ()).lines()
    assert line.startswith("notice: not asked what Kubernetes left: `aws` is not installed; look for load")
    assert "kubernetes.io/cluster/alps-1" in line


def test_leftovers_are_told_too_when_something_could_not_be_deleted(
    opened: Infrastructure, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A load balancer in a network is why the network can't go."""
    monkeypatch.setattr(aws, "leftovers", finding("a"))
    failed = ProgramFailed(Result(argv=("tofu",), returncode=1, stdout="", stderr="DependencyViolation"))
    with pytest.raises(ProgramFailed), leftovers_told(App(environ={}), opened, ()):
        raise failed
    assert "    delete a" in capsys.readouterr().err
    with leftovers_told(App(environ={}), opened, ["a"]) as told:
        pass
    assert told == [Left(cluster="alps")]
