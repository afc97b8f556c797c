"""Old nodes take nobody new, and are waited for as long as people may stay."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from deployer.errors import Interrupted
from deployer.operations.infra.upgrade import drain as module
from deployer.operations.infra.upgrade.drain import SINCE, Busy, cordon, drain
from deployer.tools.kubernetes import Unreachable
from tests.conftest import NOW
from tests.operations.fake_api import FakeApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Cluster
    from deployer.interruption import Interruption
    from deployer.session import Session

GROUP = "small-123456"
USER = {"hub.jupyter.org/username": "alice"}


@dataclass
class Nodes(FakeApi):
    """A cluster whose lists can be asked for labels."""

    def items(self, path: str, **query: str) -> list[dict[str, Any]]:
        key, _, value = query.pop("labelSelector", "").partition("=")
        found = super().items(path, **query)
        labels = [each["metadata"].get("labels", {}) for each in found]
        return [
            each for each, own in zip(found, labels, strict=True) if key in own and value in ("", own[key])
        ]

    def node(self, name: str, group: str = GROUP, since: datetime | None = None) -> None:
        metadata: dict[str, Any] = {"labels": {"eks.amazonaws.com/nodegroup": group}}
        if since:
            metadata["annotations"] = {SINCE: since.isoformat()}
        self.put(f"/api/v1/nodes/{name}", {"metadata": metadata, "spec": {"unschedulable": bool(since)}})

    def pod(self, name: str, node: str, labels: dict[str, str], phase: str = "Running") -> None:
        metadata = {"labels": labels, "namespace": "ocean"}
        self.put(
            f"/api/v1/pods/{name}",
            {"metadata": metadata, "spec": {"nodeName": node}, "status": {"phase": phase}},
        )

    def cordoned(self) -> dict[str, str]:
        nodes = self.items("/api/v1/nodes", labelSelector="eks.amazonaws.com/nodegroup")
        return {
            each["metadata"]["name"]: each["metadata"]["annotations"][SINCE]
            for each in nodes
            if each["spec"]["unschedulable"]
        }


@dataclass
class Waiting:
    """Stands for the interruption: each wait takes as long as is said, and may change something."""

    moments: list[timedelta]
    clock: list[datetime]

    def now(self) -> datetime:
        return self.clock[-1]

    def sleep(self, _seconds: float) -> None:
        if not self.moments:
            raise Interrupted("interrupted")
        self.clock.append(self.clock[-1] + self.moments.pop(0))


@pytest.fixture
def api() -> Nodes:
    found = Nodes()
    found.node("old")
    found.node("older")
    found.node("core", group="core-1")
    return found


def run(
    session: Session,
    api: Nodes,
    monkeypatch: pytest.MonkeyPatch,
    *,
    moments: tuple[timedelta, ...] = (),
    away: tuple[int, ...] = (),
    start: datetime = NOW,
) -> Waiting:
    waiting, looks = Waiting(list(moments), [start]), iter(range(100))

    @contextmanager
    def connected(_session: Session, _cluster: Cluster) -> Iterator[Any]:
        if next(looks) in away:
            raise Unreachable("away")

        @dataclass
        class Connection:
            api: Any

        yield Connection(api.api)

    @dataclass
    class Named:
        name: str = "alps"

    monkeypatch.setattr(module, "connected", connected)
    mine = replace(session, clock=waiting.now, interruption=cast("Interruption", waiting))
    drain(mine, cast("Cluster", Named()), GROUP, hours=24)
    return waiting


def test_nodes_of_the_group_are_cordoned_and_those_of_others_not(api: Nodes) -> None:
    assert cordon(api.api, GROUP, NOW) == Busy(nodes=2, pods=(), since=NOW)
    assert api.cordoned() == {"old": NOW.isoformat(), "older": NOW.isoformat()}


def test_a_node_that_the_autoscaler_adds_leaves_with_the_others(api: Nodes) -> None:
    cordon(api.api, GROUP, NOW)
    api.calls.clear()
    api.node("late")
    later = NOW + timedelta(hours=3)
    assert cordon(api.api, GROUP, later).since == NOW
    assert api.cordoned()["late"] == NOW.isoformat()
    assert api.calls == ["patch /api/v1/nodes/late"]


def test_a_node_that_somebody_uncordoned_is_cordoned_again(api: Nodes) -> None:
    cordon(api.api, GROUP, NOW)
    api.patch("/api/v1/nodes/old", {"spec": {"unschedulable": False}})
    cordon(api.api, GROUP, NOW)
    assert set(api.cordoned()) == {"old", "older"}


def test_servers_and_dask_count_and_nothing_else_does(api: Nodes) -> None:
    api.pod("jupyter-alice", "old", USER)
    api.pod("dask-worker", "older", {"gateway.dask.org/cluster": "1"})
    api.pod("jupyter-bob", "core", USER)
    api.pod("ended", "old", USER, phase="Succeeded")
    api.pod("user-placeholder-0", "old", {"component": "user-placeholder"})
    assert cordon(api.api, GROUP, NOW).pods == ("ocean/dask-worker", "ocean/jupyter-alice")


def test_nobody_is_there_to_wait_for(session: Session, api: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    run(session, api, monkeypatch)
    assert set(api.cordoned()) == {"old", "older"}


def test_a_run_that_is_stopped_leaves_the_nodes_cordoned(
    session: Session, api: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.pod("jupyter-alice", "old", USER)
    with pytest.raises(Interrupted):
        run(session, api, monkeypatch)
    assert set(api.cordoned()) == {"old", "older"}


def test_people_have_until_the_limit_and_no_longer(
    session: Session, api: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.pod("jupyter-alice", "old", USER)
    almost, rest = timedelta(hours=23, minutes=59), timedelta(minutes=1)
    with pytest.raises(Interrupted):
        run(session, api, monkeypatch, moments=(almost,))
    waited = run(session, api, monkeypatch, moments=(rest, rest), start=NOW + almost)
    assert waited.now() == NOW + almost + rest


def test_a_cluster_that_is_away_for_a_moment_is_asked_again(
    session: Session, api: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.pod("jupyter-alice", "old", USER)
    minute = timedelta(hours=12)
    run(session, api, monkeypatch, moments=(minute, minute, minute), away=(1,))
    with pytest.raises(Unreachable):
        run(session, api, monkeypatch, away=(0,))


def test_no_hours_ask_no_cluster(session: Session) -> None:
    drain(session, cast("Cluster", None), GROUP, hours=0)
