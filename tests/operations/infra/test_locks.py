"""Locks: read out of what Terraform says, and removed only when they are surely a dead run's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deployer.errors import DeployerError
from deployer.operations.infra.locks import FRESH, lock_in, unlock
from deployer.tools.process import ProgramFailed, Result

# Terraform 1.11.4; with a bucket of S3 the first line is another one.
SAID = """
Error: Error acquiring the state lock

Error message: resource temporarily unavailable
Lock Info:
  ID:        2caa59f8-d299-146c-1809-054480da9a0f
  Path:      terraform.tfstate
  Operation: OperationTypeApply
  Who:       ada@laptop
  Version:   1.11.4
  Created:   2026-11-27 11:01:57.366390982 +0000 UTC
  Info:

Terraform acquires a state lock to protect the state from being written
"""
LOCK = "2caa59f8-d299-146c-1809-054480da9a0f"
SINCE = datetime(2026, 11, 27, 11, 1, 57, tzinfo=UTC)
LATER = SINCE + FRESH + timedelta(seconds=1)


class Locked:
    """A Terraform whose state is locked, or free."""

    def __init__(self, said: str | None) -> None:
        self.said = said
        self.unlocked: list[str] = []

    def run(self, *arguments: str) -> Result:
        result = Result(
            argv=("tofu", *arguments), returncode=0 if self.said is None else 1, stdout="", stderr=""
        )
        if self.said is not None:
            raise ProgramFailed(Result(argv=result.argv, returncode=1, stdout="", stderr=self.said))
        return result

    def unlock(self, lock: str) -> None:
        self.unlocked.append(lock)


def free(said: str | None, lock: str = LOCK, owner: str = "ada@laptop", now: datetime = LATER) -> Any:
    terraform: Any = Locked(said)
    unlock(terraform, lock, owner, now=now)
    return terraform.unlocked


def test_a_lock_is_told_with_owner_and_age() -> None:
    found = lock_in(SAID)
    assert found is not None
    assert (found.id, found.owner, found.operation, found.created) == (
        LOCK,
        "ada@laptop",
        "OperationTypeApply",
        SINCE,
    )
    assert str(found) == f"lock {LOCK} of ada@laptop (OperationTypeApply, 2026-11-27 11:01 UTC)"


def test_a_lock_is_told_to_programs_with_its_age() -> None:
    found = lock_in(SAID)
    assert found is not None
    told = found.plain(LATER)
    assert (told["age_seconds"], told["fresh"]) == (15 * 60 + 1, False)
    assert found.plain(SINCE - timedelta(hours=1))["age_seconds"] == 0


@pytest.mark.parametrize("text", ["", "Error: no credentials", SAID.replace("Created", "Made")])
def test_other_failures_are_about_no_lock(text: str) -> None:
    assert lock_in(text) is None


def test_an_old_lock_of_the_named_owner_goes() -> None:
    assert free(SAID) == [LOCK]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"said": None}, "the state is not locked"),
        ({"lock": "another"}, "another lock is on the state: lock 2caa59f8"),
        ({"owner": "bob@laptop"}, "another lock is on the state: lock 2caa59f8"),
        ({"now": SINCE + FRESH - timedelta(seconds=1)}, "is fresh"),
    ],
)
def test_any_other_lock_stays(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DeployerError, match=message):
        free(**{"said": SAID, **given})


def test_another_failure_is_told_as_it_is() -> None:
    with pytest.raises(ProgramFailed, match="no credentials"):
        free("Error: no credentials")
