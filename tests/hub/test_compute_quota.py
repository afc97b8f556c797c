"""A quota of hours: what counts when, and what a hub does about it, on values."""

from __future__ import annotations

import asyncio
import logging
import runpy
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy
from jupyterhub.app import JupyterHub
from jupyterhub.spawner import Spawner
from tornado.web import HTTPError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.conftest import Run

FILE = "helm-charts/basehub/files/hub/compute_quota.py"
HOUR = 3600.0
DAY = 24 * HOUR
NOW = 100 * DAY
TOLD = {"hours": 10, "window_days": 7, "resource": "server", "groups": {}, "admins": False, "stop": True}


@pytest.fixture
def quota(repository: Path, run: Run) -> SimpleNamespace:
    """What the file defines, without a hub that asks for it."""
    run("compute_quota")
    return SimpleNamespace(**runpy.run_path(str(repository / FILE)))


def ran(quota: SimpleNamespace, *runs: tuple[float, float], weight: float = 1.0) -> list[Any]:
    """Runs that ended, as hours before now: from, until."""
    return [
        quota.QuotaRun(since=NOW - since * HOUR, until=NOW - until * HOUR, weight=weight)
        for since, until in runs
    ]


def running(quota: SimpleNamespace, since: float, weight: float = 1.0) -> list[Any]:
    return [quota.QuotaRun(since=NOW - since * HOUR, until=NOW - 0.01 * HOUR, weight=weight, runs=True)]


def test_hours_within_the_window_count_by_what_is_set_aside(quota: SimpleNamespace) -> None:
    runs = [*ran(quota, (30, 20), (5, 4), weight=2), *running(quota, 3)]
    assert quota.quota_used(runs, NOW, DAY) == pytest.approx(2 * 4 + 2 * 1 + 3)
    assert quota.quota_used(runs, NOW, 2 * HOUR) == pytest.approx(2)
    assert quota.quota_used([], NOW, DAY) == 0


@pytest.mark.parametrize(
    ("runs", "hours", "expected"),
    [
        # 10 hours, of which 4 must leave a window of 24: the fourth hour of them ended 16 hours ago.
        ([(20, 10)], 6, 8),
        # Nothing leaves the window before the pause between both is over.
        ([(22, 20), (10, 6)], 3, 14 + 1),
        ([(4, 1)], 3, 0),
        ([(4, 1)], 0, 23),
    ],
)
def test_hours_come_back_when_they_leave_the_window(
    quota: SimpleNamespace, runs: list[tuple[float, float]], hours: float, expected: float
) -> None:
    left = ran(quota, *runs)
    found = quota.quota_reached(left, NOW, DAY, hours, falling=True)
    assert (found - NOW) / HOUR == pytest.approx(expected)
    assert quota.quota_used(left, found, DAY) == pytest.approx(hours)


def test_what_runs_is_used_up_while_other_hours_come_back(quota: SimpleNamespace) -> None:
    runs = [*ran(quota, (23, 21)), *running(quota, 2)]
    # 4 hours now; an hour from now others come back for two hours, as fast as it uses them.
    for hours, expected in ((4.5, 0.5), (5, 1), (6, 4), (20, 18)):
        found = quota.quota_reached(runs, NOW, DAY, hours, falling=False)
        assert (found - NOW) / HOUR == pytest.approx(expected), hours
    assert quota.quota_reached(runs, NOW, DAY, 25, falling=False) is None


def someone(name: str = "ada", *groups: str, admin: bool = False) -> SimpleNamespace:
    named = [SimpleNamespace(name=group) for group in groups]
    return SimpleNamespace(name=name, admin=admin, groups=named, kind="user")


@pytest.mark.parametrize(
    ("who", "told", "hours"),
    [
        (someone(), {}, 10),
        (someone("ada", "Large", "small"), {}, 100),
        (someone("ada", "small"), {}, 1),
        (someone("ada", "staff", "small"), {}, None),
        (someone(admin=True), {}, None),
        (someone(admin=True), {"admins": True}, 10),
        (someone("the-check-user"), {}, None),
        (someone(), {"hours": "unlimited"}, None),
        (someone("ada", "small"), {"hours": "unlimited"}, 1),
    ],
)
def test_groups_have_hours_of_their_own(
    quota: SimpleNamespace, who: Any, told: dict[str, Any], hours: float | None
) -> None:
    groups = {"large": 100, "Small": 1, "staff": "unlimited"}
    assert quota.Quota({**TOLD, "groups": groups, **told}, "the-check-user").hours(who) == hours


@pytest.mark.parametrize(
    ("resource", "set_aside", "weight"),
    [
        ("server", {"mem_guarantee": 8 * 2**30}, 1),
        ("memory", {"mem_guarantee": 8 * 2**30, "mem_limit": 16 * 2**30}, 8),
        ("memory", {"mem_limit": 16 * 2**30, "cpu_guarantee": 3}, 16),
        ("memory", {}, 1),
        ("cpu", {"cpu_guarantee": 0.5, "cpu_limit": 4.0}, 0.5),
    ],
)
def test_a_server_counts_by_what_is_set_aside_for_it(
    quota: SimpleNamespace, resource: str, set_aside: dict[str, Any], weight: float
) -> None:
    kept = quota.Quota({**TOLD, "resource": resource}, "check")
    assert kept.weight(SimpleNamespace(**set_aside)) == weight


class Hub:
    """A database, and servers of people in it, for what reads and writes them."""

    def __init__(self) -> None:
        engine = sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.pool.StaticPool)
        self.db = sqlalchemy.orm.Session(engine)

    def server(self, name: str = "ada", started: float = NOW, **more: Any) -> SimpleNamespace:
        return SimpleNamespace(
            db=self.db,
            name="",
            user=someone(name),
            orm_spawner=SimpleNamespace(started=datetime.fromtimestamp(started, UTC).replace(tzinfo=None)),
            **more,
        )


def test_a_run_is_one_row_that_grows_also_for_the_hub_that_comes_after(quota: SimpleNamespace) -> None:
    hub = Hub()
    first, second = quota.Quota(TOLD, "check"), quota.Quota(TOLD, "check")
    first.runs_on(hub.server(), NOW)
    first.runs_on(hub.server(), NOW + HOUR)
    # The database of another kind has kept whole seconds.
    second.runs_on(hub.server(started=NOW + 0.7), NOW + 3 * HOUR)
    (row,) = second.runs(hub.db, "ada", NOW + 3 * HOUR)
    assert row == quota.QuotaRun(since=NOW, until=NOW + 3 * HOUR, weight=1, runs=True)


def test_a_server_that_ended_while_the_hub_was_away_counts_until_it_was_seen_last(
    quota: SimpleNamespace,
) -> None:
    hub = Hub()
    quota.Quota(TOLD, "check").runs_on(hub.server(), NOW)
    after = quota.Quota(TOLD, "check")
    # JupyterHub stops what it does not find running.
    after.ran(hub.server(), NOW + 5 * HOUR)
    (row,) = after.runs(hub.db, "ada", NOW + 5 * HOUR)
    assert (row.until, row.runs) == (NOW, False)


def test_what_a_server_is_weighed_at_stays(quota: SimpleNamespace) -> None:
    """A hub that starts again does not know any more what a profile had given."""
    hub = Hub()
    told = {**TOLD, "resource": "memory"}
    quota.Quota(told, "check").runs_on(hub.server(mem_guarantee=4 * 2**30), NOW)
    after = quota.Quota(told, "check")
    after.runs_on(hub.server(mem_guarantee=2**30), NOW + HOUR)
    assert quota.quota_used(after.runs(hub.db, "ada", NOW + HOUR), NOW + HOUR, DAY) == 4


def test_what_has_left_the_window_is_forgotten(quota: SimpleNamespace) -> None:
    hub, kept = Hub(), quota.Quota(TOLD, "check")
    kept.runs_on(hub.server(), NOW)
    kept.ran(hub.server(), NOW + HOUR)
    kept.forget(hub.db, NOW + 7 * DAY)
    assert len(kept.runs(hub.db, "ada", NOW + 7 * DAY)) == 1
    kept.forget(hub.db, NOW + 8 * DAY)
    assert kept.runs(hub.db, "ada", NOW + 7 * DAY) == []


def test_services_of_the_hub_have_spawners_that_do_not_count(quota: SimpleNamespace) -> None:
    spawner = SimpleNamespace(db=None, name="", user=SimpleNamespace(name=""), orm_spawner=None)
    kept = quota.Quota(TOLD, "check")
    kept.runs_on(spawner, NOW)
    kept.ran(spawner, NOW)
    assert kept.seen == set()


def test_a_refusal_says_how_much_and_when_again(quota: SimpleNamespace) -> None:
    hub, kept = Hub(), quota.Quota({**TOLD, "resource": "memory", "window_days": 1}, "check")
    began = datetime(2026, 12, 1, 8, tzinfo=UTC).timestamp()
    kept.runs_on(hub.server(started=began), began)
    assert kept.refusal(hub.server(), began + 9 * HOUR) is None
    kept.ran(hub.server(started=began), began + 10 * HOUR)
    refusal: Any = kept.refusal(hub.server(), began + 12 * HOUR)
    assert (type(refusal), refusal.status_code) == (HTTPError, 403)
    # 10 hours in which a quarter must be free again, a day after they began.
    assert refusal.jupyterhub_message == (
        "You have used 10.0 of your 10 GiB-hours of memory of the last day. "
        "You can start a server again at 2026-12-02 08:15 UTC. Ask this hub's admins if you need more."
    )
    assert kept.refusal(hub.server(), began + 24 * HOUR + 901) is None


def test_one_server_that_does_not_stop_keeps_no_other_from_it(
    quota: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    hub, kept, stopped = Hub(), quota.Quota({**TOLD, "hours": 1}, "check"), []
    servers = [hub.server(name, ready=True) for name in ("ada", "eve", "zoe")]

    async def stop_server(name: str, _server: str) -> None:
        if name == "ada":
            raise RuntimeError("the cluster does not answer")
        stopped.append(name)

    async def delete_user(_user: Any, _server: str) -> None:
        return None

    for spawner in servers:
        spawner.user.spawners = {"": spawner}
        spawner.user.stop = partial(stop_server, spawner.user.name)
        kept.runs_on(spawner, NOW if spawner.user.name != "zoe" else NOW + HOUR)
    app = SimpleNamespace(
        db=hub.db,
        users={number: spawner.user for number, spawner in enumerate(servers)},
        proxy=SimpleNamespace(delete_user=delete_user),
        log=logging.getLogger("hub"),
    )
    assert asyncio.run(quota.keep_quota(app, kept, NOW + 1.5 * HOUR)) == ["eve/"]
    assert (stopped, [spawner._stop_pending for spawner in servers[:2]]) == (["eve"], [False, False])
    assert "Could not stop the server of ada" in caplog.text


def test_a_hub_that_asks_for_none_is_as_it_was(run: Run) -> None:
    names = ("get_options_form", "run_pre_spawn_hook", "start_polling", "stop_polling")
    before = [JupyterHub.start, *(getattr(Spawner, name) for name in names)]
    run("compute_quota")
    assert [JupyterHub.start, *(getattr(Spawner, name) for name in names)] == before


def test_the_hub_goes_on_when_its_database_refuses(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Servers start and stop, and pages are shown."""
    done: list[str] = []
    for name in ("get_options_form", "run_pre_spawn_hook", "start_polling", "stop_polling"):
        monkeypatch.setattr(Spawner, name, lambda _spawner, name=name: done.append(name))

    async def start(_hub: Any) -> None:
        return None

    monkeypatch.setattr(JupyterHub, "start", start)
    run("compute_quota", deployer={"compute_quota": TOLD})
    hub = Hub()
    hub.db.execute(sqlalchemy.text("create view deployer_server_runs as select 1 as x"))
    spawner = hub.server(log=logging.getLogger("hub"))
    asyncio.run(Spawner.get_options_form(spawner))
    asyncio.run(Spawner.run_pre_spawn_hook(spawner))
    Spawner.start_polling(spawner)
    Spawner.stop_polling(spawner)
    assert done == ["get_options_form", "run_pre_spawn_hook", "start_polling", "stop_polling"]
    assert "Could not write down that a server of ada runs" in caplog.text
    app = SimpleNamespace(
        db=hub.db,
        log=spawner.log,
        template_vars={"announcement": "Away on Monday"},
        _periodic_callbacks={},
    )

    async def shown() -> str:
        await JupyterHub.start(app)
        app._periodic_callbacks["quota"].stop()
        text: str = app.template_vars["announcement"](spawner.user)
        return text

    assert asyncio.run(shown()) == "Away on Monday"


def test_the_table_stays_when_what_came_before_is_rolled_back(quota: SimpleNamespace) -> None:
    hub, kept = Hub(), quota.Quota(TOLD, "check")
    hub.db.execute(sqlalchemy.text("create table others (x integer)"))
    hub.db.execute(sqlalchemy.text("insert into others values (1)"))
    assert kept.runs(hub.db, "ada", NOW) == []
    hub.db.rollback()
    assert kept.runs(hub.db, "ada", NOW) == []
