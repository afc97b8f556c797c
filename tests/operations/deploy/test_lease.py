"""One deploy of a hub at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import Interrupted
from deployer.interruption import Interruption
from deployer.operations.deploy import lease
from deployer.operations.deploy.lease import Holder, Lease, LeaseHeld, LeaseLost
from deployer.tools.kubernetes import Unreachable
from tests.operations.fake_api import FakeApi

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

PATH = "/apis/coordination.k8s.io/v1/namespaces/demo/leases/deployer"
OTHER: dict[str, Any] = {
    "metadata": {"annotations": {"deployer.dev/good-revisions": "3,7"}},
    "spec": {
        "holderIdentity": "ada@laptop pid 1 aaaaaa",
        "acquireTime": "2026-01-01T00:00:00Z",
        "leaseDurationSeconds": 15,
    },
}


class Told:
    """What the callbacks were told."""

    def __init__(self) -> None:
        self.waits: list[Holder] = []
        self.takeovers: list[Holder] = []
        self.lost = threading.Event()


def hold(
    fake: FakeApi, told: Told, *, wait: float = 0.0, interruption: Interruption | None = None
) -> AbstractContextManager[Lease]:
    return lease.held(
        fake.api,
        "demo",
        interruption=interruption or Interruption(),
        wait=wait,
        on_wait=told.waits.append,
        on_takeover=told.takeovers.append,
        on_lost=told.lost.set,
    )


def holder(fake: FakeApi) -> str:
    return str(fake.objects[PATH]["spec"]["holderIdentity"])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask and renew often, so that tests needn't wait."""
    monkeypatch.setattr(lease, "_ASK_EVERY", 0.01)
    monkeypatch.setattr(lease, "_RENEW_EVERY", 0.01)


def test_a_free_lease_is_held_during_the_block_and_given_back_after() -> None:
    fake, told = FakeApi(), Told()
    with hold(fake, told) as held:
        assert holder(fake) == held.identity
    assert holder(fake) == ""
    assert told.waits == []


def test_a_held_lease_is_refused_after_the_wait_and_says_who_and_since_when() -> None:
    fake, told = FakeApi(), Told()
    fake.put(PATH, OTHER)
    with pytest.raises(LeaseHeld) as caught, hold(fake, told):
        pass
    assert caught.value.message == "ada@laptop pid 1 aaaaaa is at work on demo since 2026-01-01T00:00:00Z"
    assert told.waits == [Holder(identity="ada@laptop pid 1 aaaaaa", since="2026-01-01T00:00:00Z")]
    assert fake.calls == [], "somebody else's Lease must not be written"


@pytest.mark.usefixtures("quick")
def test_a_lease_that_nobody_renews_is_taken_over_and_keeps_its_good_revisions() -> None:
    fake, told = FakeApi(), Told()
    dead: dict[str, Any] = {**OTHER, "spec": {**OTHER["spec"], "leaseDurationSeconds": 0.05}}
    fake.put(PATH, dead)
    with hold(fake, told, wait=30) as held:
        assert holder(fake) == held.identity
        assert held.good_revisions() == (3, 7)
    assert [takeover.identity for takeover in told.takeovers] == ["ada@laptop pid 1 aaaaaa"]


@pytest.mark.usefixtures("quick")
def test_a_lease_that_is_renewed_is_never_taken_over() -> None:
    """The holder's renewals come later than the duration says, but each starts our clock anew."""
    fake, told = FakeApi(), Told()
    live: dict[str, Any] = {**OTHER, "spec": {**OTHER["spec"], "leaseDurationSeconds": 0.2}}
    fake.put(PATH, live)
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(0.02):
            fake.put(PATH, live)

    renewing = threading.Thread(target=renew)
    renewing.start()
    try:
        with pytest.raises(LeaseHeld), hold(fake, told, wait=0.6):
            pass
    finally:
        stop.set()
        renewing.join()
    assert told.takeovers == []


@pytest.mark.usefixtures("quick")
def test_losing_the_lease_is_told_while_working_and_raised_after() -> None:
    fake, told = FakeApi(), Told()

    def lose_it() -> None:
        with hold(fake, told):
            fake.put(PATH, OTHER)
            assert told.lost.wait(10)

    with pytest.raises(LeaseLost):
        lose_it()
    assert holder(fake) == "ada@laptop pid 1 aaaaaa", "the new holder's Lease must be left alone"


def test_an_api_that_is_away_for_a_moment_does_not_lose_the_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "_RENEW_EVERY", 0.001)
    fake, told, done = FakeApi(), Told(), threading.Event()
    fake.put(PATH, {"spec": {"holderIdentity": "me"}})
    ours = Lease(api=fake.api, namespace="demo", identity="me", on_lost=told.lost.set)
    answers = iter([Unreachable("away"), Unreachable("away"), None])
    real = fake.get

    def get(path: str, **query: str) -> dict[str, Any]:
        error = next(answers, None)
        if error:
            raise error
        done.set()
        return real(path, **query)

    monkeypatch.setattr(fake, "get", get)
    ours.renew_until(done)
    assert not told.lost.is_set()


@pytest.mark.usefixtures("quick")
def test_an_interruption_ends_the_wait() -> None:
    fake, told, interruption = FakeApi(), Told(), Interruption()
    fake.put(PATH, OTHER)
    interruption.request()
    with pytest.raises(Interrupted), hold(fake, told, wait=60, interruption=interruption):
        pass


def test_an_api_that_is_away_at_the_end_does_not_hide_how_the_work_went(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake, told = FakeApi(), Told()

    def away(_path: str, **_query: str) -> dict[str, Any]:
        raise Unreachable("away")

    def work() -> None:
        with hold(fake, told):
            monkeypatch.setattr(fake, "get", away)
            raise Interrupted("the work's own end")

    with pytest.raises(Interrupted, match="the work's own end"):
        work()


@pytest.mark.usefixtures("quick")
def test_a_lease_whose_namespace_is_deleted_is_lost_at_once() -> None:
    fake, told = FakeApi(), Told()

    def work() -> None:
        with hold(fake, told):
            fake.objects.clear()
            assert told.lost.wait(5)

    with pytest.raises(LeaseLost):
        work()


def test_good_revisions_are_remembered_newest_last_and_each_once() -> None:
    fake, told = FakeApi(), Told()
    with hold(fake, told) as held:
        for number in (1, 2, 3, 4, 5, 6, 3):
            held.add_good_revision(number)
        assert held.good_revisions() == (2, 4, 5, 6, 3)
