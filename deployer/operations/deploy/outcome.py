"""How the upgrade of a release ended, and what became of its deploy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.errors import DeployerError, Interrupted
from deployer.operations.deploy.lease import LeaseLost
from deployer.operations.freezes import Frozen
from deployer.tools.redaction import redact

if TYPE_CHECKING:
    from datetime import datetime

    from deployer.fleet.model import Freeze
    from deployer.operations.deploy.upgrade import Upgrade
    from deployer.operations.diagnosis import Diagnosis
    from deployer.operations.health import check as health


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """How an upgrade ended well: the revision that runs, and why nothing was to be done when so."""

    revision: int | None
    left_alone: str | None = None


class Unhealthy(DeployerError):
    """The hub came up, but the check user could not work on it."""

    def __init__(self, result: health.Result) -> None:
        super().__init__(result.error or "the check user could not work", hint=result.hint)
        self.diagnosis = result.diagnosis


class UpgradeFailed(DeployerError):
    """An upgrade failed. `revision` is what runs now, `rolled_back` whether the release went back to it.

    `good` tells whether that revision proved good.
    """

    def __init__(
        self,
        work: Upgrade,
        error: DeployerError,
        *,
        revision: int | None,
        rolled_back: bool = False,
        good: bool = False,
    ) -> None:
        super().__init__(redact(error.message, work.secrets), hint=error.hint)
        self.revision = revision
        self.rolled_back = rolled_back
        self.good = good or rolled_back
        diagnosis: Diagnosis | None = getattr(error, "diagnosis", None)
        # A program that crashes may well write the secret that it could not use into its log.
        self.diagnosis = diagnosis.redacted(work.secrets) if diagnosis else None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one deploy. `revision` is the one that runs now, when that is known.

    That of what runs for all hubs has `support` in the place of the hub's name, and no host. `left_alone`
    says why nothing was to be done. `began` is when; where nothing was begun there is none. `stops_others`
    is told of a support on which hubs are not to be put. `freeze` is the window that was in the way, or that
    was overridden.
    """

    hub: str
    host: str
    ok: bool
    seconds: float
    revision: int | None = None
    rolled_back: bool = False
    left_alone: str | None = None
    error: str | None = None
    hint: str | None = None
    interrupted: bool = False
    stops_others: bool = False
    diagnosis: Diagnosis | None = None
    began: datetime | None = None
    freeze: Freeze | None = None

    def summary(self) -> dict[str, object]:
        """Return it as plain data."""
        return {
            "hub": self.hub,
            "host": self.host,
            "ok": self.ok,
            "seconds": round(self.seconds, 1),
            "revision": self.revision,
            "rolled_back": self.rolled_back,
            "left_alone": self.left_alone,
            "interrupted": self.interrupted,
            "error": self.error,
            "hint": self.hint,
            "freeze": self.freeze.plain() if self.freeze else None,
            "diagnosis": list(self.diagnosis.lines()) if self.diagnosis else None,
        }


def failure(hub: str, host: str, seconds: float, error: DeployerError) -> Outcome:
    """Return the outcome of a deploy that an error ended."""
    failed = error if isinstance(error, UpgradeFailed) else None
    return Outcome(
        hub=hub,
        host=host,
        ok=False,
        seconds=seconds,
        revision=failed.revision if failed else None,
        rolled_back=bool(failed and failed.rolled_back),
        error=error.message,
        hint=error.hint,
        interrupted=isinstance(error, Interrupted),
        stops_others=isinstance(error, LeaseLost) or bool(failed and not failed.good),
        diagnosis=failed.diagnosis if failed else None,
        freeze=error.freeze if isinstance(error, Frozen) else None,
    )
