"""What a deploy tells the central Grafana, and that nothing about that can harm the deploy."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.load import load_fleet
from deployer.operations.deploy import plan as deploy
from deployer.operations.deploy.outcome import Outcome, Upgraded, UpgradeFailed
from deployer.operations.deploy.plan import Plan, Release, carry_out
from deployer.operations.deploy.upgrade import Options, Upgrade
from deployer.operations.grafana.annotations import annotate, annotate_deploys
from tests.conftest import NOW
from tests.operations.grafana.making import make
from tests.tools.grafana_server import TOKEN, Grafana, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.fleet.model import Fleet
    from deployer.interruption import Interruption
    from deployer.session import Session

pytestmark = pytest.mark.integration

AT = round(NOW.timestamp() * 1000)


@dataclass
class Notes:
    """A Progress that keeps what is noted."""

    told: list[str] = field(default_factory=list)

    def started(self, subject: str, step: str) -> None:
        """Ignore."""

    def noted(self, subject: str, text: str) -> None:
        """Keep a note."""
        self.told.append(f"{subject}: {text}")

    def finished(self, subject: str, step: str, seconds: float, *, ok: bool) -> None:
        """Ignore."""


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with serving(Grafana()) as served:
        yield served


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def session(session: Session, notes: Notes) -> Session:
    return replace(session, environ={"DEPLOYER_GRAFANA_TOKEN": TOKEN}, progress=notes)


@pytest.fixture
def fleet(tmp_path: Path, grafana: Grafana) -> Fleet:
    return load_fleet(make(tmp_path, grafana.url, alps="{}\n"))


def outcome(hub: str = "maths", **more: Any) -> Outcome:
    return Outcome(**{"hub": hub, "host": "", "ok": True, "seconds": 61.5, "began": NOW, **more})


def test_each_deploy_is_told_with_when_it_was_and_how_it_went(
    session: Session, fleet: Fleet, grafana: Grafana, notes: Notes
) -> None:
    done = [
        outcome(revision=7),
        outcome("art", ok=False, revision=3, rolled_back=True, error="marker of an error"),
        outcome("support", ok=False, began=NOW + timedelta(seconds=1)),
        outcome("refused by the plan", ok=False, began=None),
    ]
    annotate_deploys(session, fleet, "alps", done)
    tags = ["deploy", "cluster:alps"]
    assert grafana.annotations == [
        {
            "text": "maths: deployed, revision 7 runs",
            "tags": [*tags, "hub:maths"],
            "time": AT,
            "timeEnd": AT + 61500,
        },
        {
            "text": "art: rolled back, revision 3 runs",
            "tags": [*tags, "hub:art"],
            "time": AT,
            "timeEnd": AT + 61500,
        },
        {
            "text": "support: failed",
            "tags": [*tags, "hub:support"],
            "time": AT + 1000,
            "timeEnd": AT + 62500,
        },
    ]
    assert notes.told == []


def test_without_a_grafana_or_a_token_nothing_is_said(
    session: Session, fleet: Fleet, grafana: Grafana, notes: Notes, tmp_path: Path
) -> None:
    annotate_deploys(replace(session, environ={}), fleet, "alps", [outcome()])
    without = load_fleet(make(tmp_path / "without", "", alps="{}\n"))
    annotate_deploys(session, without, "alps", [outcome()])
    assert (grafana.requests, notes.told) == ([], [])


def test_a_grafana_that_refuses_is_asked_once_and_only_noted(
    session: Session, fleet: Fleet, grafana: Grafana, notes: Notes
) -> None:
    session = replace(session, environ={"DEPLOYER_GRAFANA_TOKEN": "glsa_another"})
    annotate_deploys(session, fleet, "alps", [outcome(), outcome("art")])
    assert grafana.requests == ["POST /api/annotations"]
    (told,) = notes.told
    assert told.startswith("alps: the central Grafana was not told of this: Grafana refused the token of ")


def test_a_grafana_that_does_not_answer_is_not_waited_for(
    session: Session, fleet: Fleet, grafana: Grafana, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test would end after the 30 s that other commands wait."""
    monkeypatch.setattr("deployer.operations.grafana.annotations._PATIENCE", 0.1)
    grafana.answers.clear()
    annotate_deploys(session, fleet, "alps", [outcome()])
    assert notes.told == ["alps: the central Grafana was not told of this: no answer within 0.1 s"]
    assert grafana.annotations == []
    grafana.answers.set()


def test_a_deploy_that_was_interrupted_is_not_told(session: Session, fleet: Fleet, grafana: Grafana) -> None:
    session.interruption.request()
    annotate_deploys(session, fleet, "alps", [outcome(ok=False)])
    assert grafana.requests == []


def interrupted_when_asked(grafana: Grafana, interruption: Interruption) -> threading.Thread:
    """Have somebody ask to stop as soon as a question has reached a Grafana that does not answer."""
    grafana.answers.clear()

    def stop() -> None:
        while not grafana.requests:
            pass
        interruption.request()

    thread = threading.Thread(target=stop, daemon=True)
    thread.start()
    return thread


def test_who_asks_to_stop_does_not_wait_for_grafana(
    session: Session, fleet: Fleet, grafana: Grafana, notes: Notes
) -> None:
    interrupted_when_asked(grafana, session.interruption)
    annotate_deploys(session, fleet, "alps", [outcome(), outcome("art")])
    assert notes.told == []
    grafana.answers.set()


def test_a_command_ends_while_grafana_does_not_answer(
    session: Session, fleet: Fleet, grafana: Grafana
) -> None:
    interrupted_when_asked(grafana, session.interruption)
    with pytest.raises(Interrupted):
        annotate(session, fleet, "alps", (), text="t", tags=())
    with pytest.raises(Interrupted):
        annotate(session, fleet, "alps", (), text="not even asked", tags=())
    assert grafana.requests == ["POST /api/annotations"]
    grafana.answers.set()


class TestDeploy:
    """The end of a deploy, with releases that are upgraded in no cluster."""

    @pytest.fixture(autouse=True)
    def no_cluster(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def upgrade(work: Upgrade) -> Upgraded:
            if work.owner.name == "support":
                raise UpgradeFailed(work, DeployerError("no"), revision=4, rolled_back=True)
            return Upgraded(revision=7)

        monkeypatch.setattr(deploy, "upgrade", upgrade)
        monkeypatch.setattr(deploy, "connected", lambda *_: nullcontext(None))
        monkeypatch.setattr(deploy, "find_helm", lambda _: None)

    def deployed(self, session: Session, fleet: Fleet) -> tuple[Outcome, ...]:
        (cluster,) = fleet.clusters
        releases = tuple(
            Release(owner=owner, rendered=_Rendered())  # type: ignore[arg-type]  # has the host alone
            for owner in (*cluster.hubs, cluster.support)
        )
        return carry_out(session, fleet, Plan(cluster=cluster, releases=releases, options=Options()))

    def test_it_tells_grafana_of_each_release(self, session: Session, fleet: Fleet, grafana: Grafana) -> None:
        assert [each.ok for each in self.deployed(session, fleet)] == [True, False]
        assert [each["text"] for each in grafana.annotations] == [
            "maths: deployed, revision 7 runs",
            "support: rolled back, revision 4 runs",
        ]
        assert {each["time"] for each in grafana.annotations} == {AT}

    def test_it_is_as_good_without(self, session: Session, tmp_path: Path, notes: Notes) -> None:
        fleet = load_fleet(make(tmp_path / "away", "http://127.0.0.1:1", alps="{}\n"))
        assert [each.ok for each in self.deployed(session, fleet)] == [True, False]
        (told,) = notes.told
        assert told.startswith(
            "alps: the central Grafana was not told of this: no answer: http://127.0.0.1:1"
        )


@dataclass(frozen=True)
class _Rendered:
    host: str = ""
