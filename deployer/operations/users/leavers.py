"""Who has left a hub: people whose cohort has ended, and those who have not been there for a while."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.hub_pods import user_pods
from deployer.operations.users import hub_side
from deployer.operations.users.places import Place, check_path, homes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.fleet.model import Hub
    from deployer.operations.access import Connection
    from deployer.operations.users.hub_side import HubSide, HubUser
    from deployer.tools.kubernetes import Api

COHORT, INACTIVE = "cohort", "inactive"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Who counts: people of the cohort when it is over, and, with days, whoever was away for so many.

    `stay` are those who count never; of the others only those in `only`, when there are any.
    """

    inactive_days: int | None = None
    stay: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Home:
    """A directory of somebody's on the volume with this number among the hub's places, there or not."""

    place: int
    path: str


@dataclass(frozen=True, kw_only=True)
class Leaver:
    """An account, why its owner counts as gone, and its homes. `obstacle` says why those have to stay."""

    user: str
    why: str
    seen: datetime | None
    homes: tuple[Home, ...] = ()
    obstacle: str | None = None

    def summary(self) -> dict[str, Any]:
        """Return it as plain data (users-leavers.schema.json). What a home holds is not known from here."""
        return {
            "user": self.user,
            "why": self.why,
            "last_activity": self.seen.isoformat() if self.seen else None,
            "homes": [home.path for home in self.homes],
            "bytes": None,
            "obstacle": self.obstacle,
        }


@dataclass(frozen=True, kw_only=True)
class Leavers:
    """Everybody who has left a hub, by name, and the volumes on which homes are.

    `homes` has each user's directories, those who have not left included.
    """

    hub: Hub
    users: int
    leavers: tuple[Leaver, ...]
    places: tuple[Place, ...] = ()
    homes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cohort_end: datetime | None = None

    def summary(self) -> dict[str, Any]:
        """Return it as plain data, as in users-leavers.schema.json."""
        return {
            "hub": self.hub.name,
            "users": self.users,
            "cohort_until": self.cohort_end.isoformat() if self.cohort_end else None,
            "leavers": [leaver.summary() for leaver in self.leavers],
        }


def look(connection: Connection, hub: Hub, choice: Choice, now: datetime) -> Leavers:
    """Ask a hub that runs who has left it. Nothing is written.

    Raises:
        DeployerError: it does not run, has nobody who could leave, or its homes cannot be told apart.
    """
    return leavers(hub, hub_side.from_running_hub(connection, hub.namespace), choice, now, connection.api)


def leavers(hub: Hub, side: HubSide, choice: Choice, now: datetime, api: Api) -> Leavers:
    """Work out who has left.

    Raises:
        DeployerError: nobody can be said to leave, or homes cannot be told apart.
    """
    if side.cohort is None and choice.inactive_days is None:
        raise DeployerError(
            f"{hub.name}: the hub has no cohort whose time could be over",
            hint="say after how many days without activity somebody counts as gone: `--inactive-days 365`",
        )
    why = {user.name: _why(user, side, choice, now) for user in side.users}
    stay = {*choice.stay, hub.health.user}
    gone = [
        user
        for user in side.users
        if why[user.name] and user.name not in stay and (not choice.only or user.name in choice.only)
    ]
    running = {server.partition("/")[0] for server in user_pods(api, hub.namespace)}
    found = homes(side)
    shared = _shared(directories for _place, directories in found)
    return Leavers(
        hub=hub,
        users=len(side.users),
        leavers=tuple(
            _leaver(user, str(why[user.name]), found, shared, side, running)
            for user in sorted(gone, key=lambda user: user.name)
        ),
        places=tuple(place for place, _directories in found),
        homes={
            user.name: tuple(path for _place, directories in found for path in directories[user.name])
            for user in side.users
        },
        cohort_end=side.cohort.end if side.cohort else None,
    )


def _why(user: HubUser, side: HubSide, choice: Choice, now: datetime) -> str | None:
    if user.admin:
        return None
    cohort = side.cohort
    if cohort and now >= cohort.end and user.name in cohort.users - cohort.keep:
        return COHORT
    if choice.inactive_days is not None and user.seen is not None:
        return INACTIVE if now - user.seen >= timedelta(days=choice.inactive_days) else None
    return None


def _leaver(
    user: HubUser,
    why: str,
    found: Iterable[tuple[Place, Mapping[str, tuple[str, ...]]]],
    shared: frozenset[tuple[int, str]],
    side: HubSide,
    running: set[str],
) -> Leaver:
    theirs = tuple(
        Home(place=number, path=path)
        for number, (_place, directories) in enumerate(found)
        for path in directories[user.name]
    )
    for home in theirs:
        check_path(home.path)
    obstacle = None
    if user.name in running:
        obstacle = "a server runs"
    elif any((home.place, home.path) in shared for home in theirs):
        obstacle = "another user has the same home"
    elif not theirs:
        own = side.spawner is not None and side.spawner.storage_pvc_ensure
        obstacle = "the home is a volume of its own" if own else "the hub keeps no home"
    return Leaver(user=user.name, why=why, seen=user.seen, homes=theirs, obstacle=obstacle)


def _shared(places: Iterable[Mapping[str, tuple[str, ...]]]) -> frozenset[tuple[int, str]]:
    """Return the directories that are more than one user's."""
    counts = Counter(
        (number, path)
        for number, directories in enumerate(places)
        for paths in directories.values()
        for path in paths
    )
    return frozenset(home for home, count in counts.items() if count > 1)
