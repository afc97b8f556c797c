"""Archiving the homes of people who have left, and removing them when their archives are proved.

A pod beside the hub does it, which runs on: archives first, all of them; then the hub is asked again, and
homes go only of people who are still gone. What was done is recorded beside the archives, so that the same
command goes on after an interruption.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.interruption import Interruption
from deployer.operations.users import hub_side, leavers, pod
from deployer.operations.users.alone import alone
from deployer.operations.users.places import check_path
from deployer.operations.users.pod_run import PodRun
from deployer.progress import step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from deployer.fleet.model import Hub
    from deployer.operations.access import Connection
    from deployer.operations.users.leavers import Choice, Leaver, Leavers
    from deployer.session import Session

_PROVED = ("archived", "archived already")
_KEPT = ("home", "user", "status", "archive", "sha256", "bytes", "home_bytes", "files", "skipped", "message")


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one home. `told` is what the pod said of it, as in users-archive.schema.json."""

    user: str
    status: str
    told: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Who has left, and what became of each of their homes."""

    leavers: Leavers
    results: tuple[Result, ...]

    @property
    def failed(self) -> tuple[Result, ...]:
        """Homes that are as they were, though they were to be archived or removed."""
        return tuple(result for result in self.results if result.status in ("failed", "kept"))


@dataclass(frozen=True, kw_only=True)
class Archiving:
    """One hub's homes that are to be archived. `directory` is a path below the volume of homes."""

    session: Session
    connection: Connection
    hub: Hub
    choice: Choice
    directory: str
    remove: bool
    clock: Callable[[], datetime]
    interruption: Interruption = field(default_factory=Interruption)

    def apply(self) -> Outcome:
        """Do it, holding the hub's Lease.

        Raises:
            DeployerError: something speaks against it, or the pod failed.
            Interrupted: the user asked to stop; the same command goes on.
        """
        with alone(self.session, self.connection, self.hub, self.interruption):
            with step(self.session.progress, self.hub.name, "read users"):
                found = self._look()
            check_directory(self.directory, found)
            due = [leaver for leaver in found.leavers if leaver.obstacle is None]
            if not due:
                return Outcome(leavers=found, results=())
            with step(self.session.progress, self.hub.name, "archive homes"):
                results = self._run(pod.ARCHIVE_HOMES, found, due)
            if self.remove:
                results = self._removed(found, results)
            return Outcome(leavers=found, results=tuple(results.values()))

    def _removed(
        self, found: Leavers, archived: dict[tuple[int, str], Result]
    ) -> dict[tuple[int, str], Result]:
        """Remove homes of those who are still gone, all of whose homes are archived."""
        proved = {result.user for result in archived.values()} - {
            result.user for result in archived.values() if result.status == "failed"
        }
        now = {leaver.user: leaver for leaver in self._look().leavers}
        still = [
            leaver for leaver in found.leavers if leaver.user in proved and now.get(leaver.user) == leaver
        ]
        results = dict(archived)
        if still:
            with step(self.session.progress, self.hub.name, "remove homes"):
                results |= self._run(pod.REMOVE_HOMES, found, still, only=_with(archived, _PROVED))
        for home, result in archived.items():
            if result.status in _PROVED and results[home] is result:
                message = "its owner came back, or another home of theirs has no archive"
                told = {**result.told, "status": "kept", "message": message}
                results[home] = Result(user=result.user, status="kept", told=told)
        return results

    def _look(self) -> Leavers:
        return leavers.look(self.connection, self.hub, self.choice, self.clock())

    def _run(
        self,
        what: pod.Step,
        found: Leavers,
        due: Iterable[Leaver],
        only: set[tuple[int, str]] | None = None,
    ) -> dict[tuple[int, str], Result]:
        homes: list[list[list[str]]] = [[] for _place in found.places]
        for leaver in due:
            for home in leaver.homes:
                if only is None or (home.place, home.path) in only:
                    homes[home.place].append([home.path, leaver.user])
        content = {
            "stamp": self.clock().strftime("%Y%m%dT%H%M%SZ"),
            "directory": self.directory,
            "places": [{"root": pod.root_of(number), "homes": theirs} for number, theirs in enumerate(homes)],
        }
        deployment = hub_side.deployment_of(self.connection.api, self.hub.namespace)
        volumes = [place.volume for place in found.places]
        run = PodRun(
            api=self.connection.api,
            namespace=self.hub.namespace,
            interruption=self.interruption,
            on_step=lambda _name: None,
        )
        told = run.run(pod.manifest(deployment, (what,), volumes), content)[what.name]
        return {
            (each["place"], each["home"]): Result(
                user=each["user"],
                status=each["status"],
                told={key: each[key] for key in _KEPT if key in each},
            )
            for each in told["homes"]
        }


def _with(results: dict[tuple[int, str], Result], statuses: Iterable[str]) -> set[tuple[int, str]]:
    return {home for home, result in results.items() if result.status in statuses}


def check_directory(directory: str, found: Leavers) -> None:
    """Refuse a directory for archives that is, holds or is in a home.

    Raises:
        DeployerError: it is, or it leads out of the volume.
    """
    check_path(directory)
    mine = directory.strip("/").split("/")
    for user, homes in found.homes.items():
        for home in homes:
            theirs = home.split("/")
            shortest = min(len(mine), len(theirs))
            if mine[:shortest] == theirs[:shortest]:
                raise DeployerError(
                    f"archives cannot be in `{directory}`: the home of `{user}` is `{home}`",
                    hint="name another directory of the volume with `--directory`",
                )
