"""After which end of the support's deploy no hub is put on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.operations.deploy.lease import LeaseHeld, LeaseLost
from deployer.operations.deploy.outcome import UpgradeFailed, failure

if TYPE_CHECKING:
    from deployer.operations.deploy.upgrade import Upgrade


class Work:
    """As much of an upgrade as is asked."""

    secrets: tuple[str, ...] = ()


def failed(*, rolled_back: bool = False, good: bool = False) -> UpgradeFailed:
    error = DeployerError("not up")
    return UpgradeFailed(cast("Upgrade", Work()), error, revision=3, rolled_back=rolled_back, good=good)


@pytest.mark.parametrize(
    ("error", "stops"),
    [
        (failed(), True),
        (failed(rolled_back=True), False),
        (failed(good=True), False),
        (LeaseLost("lost"), True),
        (LeaseHeld("held"), False),
        (DeployerError("no key for its files"), False),
        (Interrupted("interrupted"), False),
    ],
    ids=["broken", "went back", "untouched", "lease lost", "lease held", "not begun", "interrupted"],
)
def test_hubs_go_on_unless_the_support_is_in_a_state_that_did_not_prove_good(
    error: DeployerError, *, stops: bool
) -> None:
    assert failure("support", "", 1, error).stops_others == stops
