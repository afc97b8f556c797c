"""Let each person's servers run for so many hours within some days: refuse to start more, and stop what runs.

When servers ran is written into a table of the hub's own database, each minute and when a server stops. A
window that slides counts, so that nobody waits for the first of a month: what is older than its days is free
again, hour by hour. While the hub is away servers run on, and those that still do when it is back have run
meanwhile.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import wraps
from html import escape as _escaped
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as _sql
from jupyterhub.app import JupyterHub
from jupyterhub.spawner import Spawner
from jupyterhub.utils import maybe_future
from tornado.ioloop import PeriodicCallback
from tornado.web import HTTPError
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_QUOTA_EVERY = 60
_HOUR, _DAY, _GIB = 3600.0, 86400.0, 2.0**30
_WORTH_A_START = 0.25
"""Hours that must be left for a server to start; less for those who have not even ten times as many."""
_UNITS = {"server": "server hours", "memory": "GiB-hours of memory", "cpu": "CPU hours"}

_quota_tables = _sql.MetaData()
_RUNS = _sql.Table(
    "deployer_server_runs",
    _quota_tables,
    _sql.Column("id", _sql.Integer, primary_key=True, autoincrement=True),
    # By name: who was removed and comes back has used what was used.
    _sql.Column("user", _sql.Unicode(255), index=True, nullable=False),
    _sql.Column("server", _sql.Unicode(255), nullable=False),
    # When JupyterHub began to start it, which tells one run of a server from another.
    _sql.Column("started", _sql.Float(53), nullable=False),
    _sql.Column("since", _sql.Float(53), nullable=False),
    _sql.Column("until", _sql.Float(53), nullable=False),
    _sql.Column("weight", _sql.Float(53), nullable=False),
)


class QuotaRun(NamedTuple):
    """A server ran, from one moment to another in seconds since 1970; its hours count `weight` times."""

    since: float
    until: float
    weight: float
    runs: bool = False


def quota_used(runs: Iterable[QuotaRun], now: float, window: float) -> float:
    """Return the hours that count at a moment; what runs is taken to run until then. `window` is seconds."""
    return (
        sum(
            run.weight * max(0.0, (now if run.runs else min(run.until, now)) - max(run.since, now - window))
            for run in runs
        )
        / _HOUR
    )


def quota_reached(
    runs: Iterable[QuotaRun], now: float, window: float, hours: float, *, falling: bool
) -> float | None:
    """Return when the used hours come down, or else up, to so many; None when they do not within a window.

    Between two moments at which a run begins or ends to slide out of the window, they change evenly.
    """
    runs = list(runs)
    turns = {moment + window for run in runs for moment in (run.since, run.until)}
    before, used = now, quota_used(runs, now, window)
    for moment in sorted({now, now + window, *(turn for turn in turns if now < turn <= now + window)}):
        then = quota_used(runs, moment, window)
        if then <= hours if falling else then >= hours:
            share = (hours - used) / (then - used) if then != used else 1.0
            return before + min(1.0, max(0.0, share)) * (moment - before)
        before, used = moment, then
    return None


class Quota:
    """What the hub was told of its quota, and what its database knows of servers that ran."""

    def __init__(self, said: Mapping[str, Any], exempt: str) -> None:
        self.said = said
        self.exempt = exempt
        self.window = said["window_days"] * _DAY
        self.groups = {name.casefold(): hours for name, hours in said["groups"].items()}
        self.seen: set[tuple[str, str, float]] = set()
        """The runs of which this process knows that they ran on until it looked."""
        self.engine: Any = None

    def hours(self, user: Any) -> float | None:
        """Return how many hours a person has, None for as many as they like."""
        if user.name == self.exempt or (user.admin and not self.said["admins"]):
            return None
        names = (group.name.casefold() for group in user.groups)
        theirs = [self.groups[name] for name in names if name in self.groups] or [self.said["hours"]]
        return None if "unlimited" in theirs else float(max(theirs))

    def runs(self, db: Any, name: str, now: float) -> list[QuotaRun]:
        """Return the runs of a person's servers that reach into the window."""
        table = self._table(db)
        rows = db.execute(_sql.select(table).where(table.c.user == name, table.c.until > now - self.window))
        return [
            QuotaRun(row.since, row.until, row.weight, (row.user, row.server, row.started) in self.seen)
            for row in rows
        ]

    def runs_on(self, spawner: Any, now: float) -> None:
        """Write down that a server runs, which it has done since it was seen first."""
        started = _started(spawner)
        if started is None:
            return
        db, table = spawner.db, self._table(spawner.db)
        # A database may keep whole seconds only.
        same = (
            (table.c.user == spawner.user.name)
            & (table.c.server == spawner.name)
            & table.c.started.between(started - 1, started + 1)
        )
        row = db.execute(_sql.select(table).where(same)).first()
        if row is None:
            values = {"user": spawner.user.name, "server": spawner.name, "started": started}
            values |= {"since": now, "until": now, "weight": self.weight(spawner)}
            db.execute(table.insert().values(values))
        else:
            started = row.started
            db.execute(table.update().where(table.c.id == row.id).values(until=now))
        db.commit()
        self.seen.add((spawner.user.name, spawner.name, started))

    def ran(self, spawner: Any, now: float) -> None:
        """Write down that a server ran until now, if this process has seen it running."""
        theirs = (spawner.user.name, spawner.name)
        if any(run[:2] == theirs for run in self.seen):
            self.runs_on(spawner, now)
            self.seen = {run for run in self.seen if run[:2] != theirs}

    def weight(self, spawner: Any) -> float:
        """Return for how much an hour of a server counts, by what is set aside for it."""
        kind = self.said["resource"]
        if kind == "server":
            return 1.0
        name = {"memory": "mem", "cpu": "cpu"}[kind]
        # Kubernetes sets the limit aside when nothing else is said.
        amount = getattr(spawner, f"{name}_guarantee", None) or getattr(spawner, f"{name}_limit", None)
        return float(amount) / (_GIB if kind == "memory" else 1.0) if amount else 1.0

    def forget(self, db: Any, now: float) -> None:
        """Remove what has left the window."""
        table = self._table(db)
        db.execute(table.delete().where(table.c.until < now - self.window))
        db.commit()

    def refusal(self, spawner: Any, now: float) -> HTTPError | None:
        """Return why a person cannot start a server now, None when they can."""
        hours = self.hours(spawner.user)
        if hours is None:
            return None
        runs = self.runs(spawner.db, spawner.user.name, now)
        enough = hours - min(_WORTH_A_START, hours / 10)
        if quota_used(runs, now, self.window) <= enough:
            return None
        ended = [run._replace(until=now if run.runs else run.until, runs=False) for run in runs]
        again = quota_reached(ended, now, self.window, enough, falling=True)
        message = (
            f"{self.used(runs, now, hours)} You can start a server again at {_moment(again or now)}. "
            "Ask this hub's admins if you need more."
        )
        error = HTTPError(403, "The quota of this user is used up")
        error.jupyterhub_message = message
        error.jupyterhub_html_message = f"<p>{_escaped(message)}</p>"
        return error

    def used(self, runs: Iterable[QuotaRun], now: float, hours: float) -> str:
        """Return in words what a person has used."""
        used, days = quota_used(runs, now, self.window), self.said["window_days"]
        unit = _UNITS[self.said["resource"]]
        last = "last day" if days == 1 else f"last {days:g} days"
        return f"You have used {used:.1f} of your {hours:g} {unit} of the {last}."

    def notice(self, db: Any, user: Any) -> str:
        """Return as HTML what a person is told on the pages of the hub; nothing to whom has no quota."""
        hours = self.hours(user) if getattr(user, "kind", "") == "user" else None
        if hours is None:
            return ""
        now = _now()
        runs = self.runs(db, user.name, now)
        text = self.used(runs, now, hours)
        end = quota_reached(runs, now, self.window, hours, falling=False)
        if self.said["stop"] and end is not None and any(run.runs for run in runs):
            text += f" What runs is stopped at {_moment(end)}; save your work before."
        return _escaped(text)

    def _table(self, db: Any) -> Any:
        engine = db.get_bind()
        if self.engine is not engine:
            # Through the session's own connection: another one would wait for what it has begun.
            _quota_tables.create_all(db.connection())
            # PostgreSQL would take the table away again with whatever is rolled back next.
            db.commit()
            self.engine = engine
        return _RUNS


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _moment(seconds: float) -> str:
    # Never a minute early.
    return f"{datetime.fromtimestamp(seconds + 59, UTC):%Y-%m-%d %H:%M} UTC"


def _started(spawner: Any) -> float | None:
    # JupyterHub's services have spawners too, which are nobody's.
    started = spawner.orm_spawner and spawner.orm_spawner.started
    return float(started.replace(tzinfo=UTC).timestamp()) if started else None


def _running_servers(hub: Any) -> Iterator[Any]:
    for user in hub.users.values():
        yield from (spawner for spawner in list(user.spawners.values()) if spawner.ready)


async def keep_quota(hub: Any, quota: Quota, now: float) -> list[str]:
    """Write down what runs, stop what has run for too long, and return the names of servers stopped."""
    running = list(_running_servers(hub))
    for spawner in running:
        quota.runs_on(spawner, now)
    quota.forget(hub.db, now)
    over = [
        spawner for spawner in running if quota.said["stop"] and _is_used_up(hub, quota, spawner.user, now)
    ]
    # All at once: a server may take a while to stop.
    done = await asyncio.gather(*(_stop_server(hub, spawner) for spawner in over))
    return [f"{spawner.user.name}/{spawner.name}" for spawner, ended in zip(over, done, strict=True) if ended]


def _is_used_up(hub: Any, quota: Quota, user: Any, now: float) -> bool:
    hours = quota.hours(user)
    return hours is not None and quota_used(quota.runs(hub.db, user.name, now), now, quota.window) >= hours


async def _stop_server(hub: Any, spawner: Any) -> bool:
    # As JupyterHub does it: nobody may start or stop it meanwhile, and its address goes first.
    spawner._stop_pending = True  # noqa: SLF001
    try:
        await hub.proxy.delete_user(spawner.user, spawner.name)
        await spawner.user.stop(spawner.name)
    except Exception:  # others are stopped all the same, and this one with the next look
        hub.log.exception("Could not stop the server of %s, whose quota is used up", spawner.user.name)
        return False
    finally:
        spawner._stop_pending = False  # noqa: SLF001
    return True


async def _keep(hub: Any, quota: Quota) -> None:
    try:
        stopped = await keep_quota(hub, quota, _now())
    except Exception:  # the hub's own work goes on, and the next minute tries again
        hub.log.exception("Could not look after the quota of compute hours")
        hub.db.rollback()
        return
    for name in stopped:
        hub.log.warning("Stopped %s: the quota is used up", name)


def _with_quota(start: Callable[..., Any], quota: Quota) -> Callable[..., Any]:
    @wraps(start)
    async def started(hub: Any) -> None:
        await start(hub)
        looking_after = PeriodicCallback(lambda: _keep(hub, quota), 1000 * _QUOTA_EVERY)
        # JupyterHub stops those when it stops.
        hub._periodic_callbacks["quota"] = looking_after  # noqa: SLF001
        looking_after.start()
        said = hub.template_vars.get("announcement")
        hub.template_vars["announcement"] = lambda user: _both(
            said(user) if callable(said) else said,
            _tried(hub, lambda: quota.notice(hub.db, user), "tell of the quota"),
        )

    return started


def _both(said: str | None, notice: str | None) -> str:
    return "<br>".join(each for each in (said, notice) if each)


def _refusing(function: Callable[..., Any], quota: Quota) -> Callable[..., Any]:
    @wraps(function)
    async def refused_or_done(spawner: Any) -> Any:
        refusal = _tried(spawner, lambda: quota.refusal(spawner, _now()), "look at the quota")
        if refusal is not None:
            raise refusal
        return await maybe_future(function(spawner))

    return refused_or_done


def _noting_afterwards(function: Callable[[Any], None], quota: Quota) -> Callable[[Any], None]:
    @wraps(function)
    def done_and_noted(spawner: Any) -> None:
        function(spawner)
        _noted(spawner, quota.runs_on)

    return done_and_noted


def _noting_before(function: Callable[[Any], None], quota: Quota) -> Callable[[Any], None]:
    @wraps(function)
    def noted_and_done(spawner: Any) -> None:
        _noted(spawner, quota.ran)
        function(spawner)

    return noted_and_done


def _noted(spawner: Any, note: Callable[[Any, float], None]) -> None:
    _tried(spawner, lambda: note(spawner, _now()), f"write down that a server of {spawner.user.name} runs")


def _tried(owner: Any, work: Callable[[], Any], what: str) -> Any:
    """Return what some work returns, None when the database refuses it: the hub goes on without."""
    try:
        return work()
    except _sql.exc.SQLAlchemyError:
        owner.log.exception("Could not %s", what)
        owner.db.rollback()
        return None


_quota = get_config("custom.deployer.compute_quota")
if _quota:
    _kept = Quota(_quota, get_config("custom.deployer.health_check")["user"])
    # The page on which servers are chosen, and whatever starts one.
    Spawner.get_options_form = _refusing(Spawner.get_options_form, _kept)
    Spawner.run_pre_spawn_hook = _refusing(Spawner.run_pre_spawn_hook, _kept)
    # JupyterHub begins to look after a server when it runs, and ends before it stops it.
    Spawner.start_polling = _noting_afterwards(Spawner.start_polling, _kept)
    Spawner.stop_polling = _noting_before(Spawner.stop_polling, _kept)
    JupyterHub.start = _with_quota(JupyterHub.start, _kept)
