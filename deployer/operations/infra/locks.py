"""Locks on a state: who holds one, since when, and how a dead run's is removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.tools.process import ProgramFailed

if TYPE_CHECKING:
    from deployer.operations.infra.run import Infrastructure
    from deployer.tools.terraform import Terraform

FRESH = timedelta(minutes=15)
"""A lock younger than this may well be a living run's: a refresh of a large cluster takes minutes."""
_FIELD = re.compile(r"^\W*(ID|Who|Operation|Created):\s+(.+?)\s*$", re.MULTILINE)
_CREATED = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})")


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A lock as Terraform tells of it. `owner` is user@host."""

    id: str
    owner: str
    operation: str
    created: datetime

    def age(self, now: datetime) -> timedelta:
        """Return how long it has been held."""
        return max(now - self.created, timedelta())

    def plain(self, now: datetime) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "id": self.id,
            "owner": self.owner,
            "operation": self.operation,
            "created": self.created.isoformat(),
            "age_seconds": int(self.age(now).total_seconds()),
            "fresh": self.age(now) < FRESH,
        }

    def __str__(self) -> str:
        return f"lock {self.id} of {self.owner} ({self.operation}, {self.created:%Y-%m-%d %H:%M} UTC)"


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a look at a state found: the lock that is on it, None when it is free."""

    lock: Lock | None


def look(infrastructure: Infrastructure) -> Look:
    """Say who holds the state of a cluster."""
    return Look(lock=current(infrastructure.terraform))


def lock_in(text: str) -> Lock | None:
    """Return the lock that a failure of Terraform tells of, None when it is about something else."""
    found = dict(_FIELD.findall(text))
    created = _CREATED.search(found.get("Created", ""))
    if created is None or not {"ID", "Who"} <= found.keys():
        return None
    return Lock(
        id=found["ID"],
        owner=found["Who"],
        operation=found.get("Operation", ""),
        created=datetime.fromisoformat(f"{created[1]}T{created[2]}+00:00"),
    )


def current(terraform: Terraform) -> Lock | None:
    """Return the lock that is on the state now, None when there is none. Takes and frees the lock itself."""
    try:
        terraform.run("plan", "-lock-timeout=0s", "-refresh=false")
    except ProgramFailed as error:
        found = lock_in(error.result.stderr)
        if found is None:
            raise
        return found
    return None


def unlock(terraform: Terraform, lock: str, owner: str, *, now: datetime) -> None:
    """Remove a lock by its id, when it is the owner's that was named, and not fresh.

    Raises:
        DeployerError: there is none, it is another one, somebody else's, or fresh.
    """
    found = current(terraform)
    if found is None:
        raise DeployerError("the state is not locked", hint="go on with what you wanted to do")
    if (found.id, found.owner) != (lock, owner):
        raise DeployerError(f"another lock is on the state: {found}", hint="nothing was done; ask its owner")
    if found.age(now) < FRESH:
        raise DeployerError(
            f"{found} is fresh",
            hint=f"a living run may hold it: wait until it is {FRESH.seconds // 60} minutes old",
        )
    terraform.unlock(lock)
