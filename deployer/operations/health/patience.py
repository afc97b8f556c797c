"""How long to wait for one thing on a journey."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from deployer.interruption import Interruption

_POLL = 0.5


class JourneyFailed(DeployerError):
    """The check user could not do what users do."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for one thing: until a deadline, and while nobody asks to stop."""

    interruption: Interruption
    what: str
    seconds: float
    start: float = field(default_factory=time.monotonic)

    @property
    def waited(self) -> float:
        """Seconds since the waiting began."""
        return time.monotonic() - self.start

    def check(self) -> None:
        """Raise when the time is up, or Interrupted when the user asked to stop."""
        self.interruption.check()
        if self.waited > self.seconds:
            raise JourneyFailed(f"{self.what} took longer than {self.seconds:g} s")

    def sleep(self) -> None:
        """Wait a little, then check."""
        self.interruption.sleep(_POLL)
        self.check()
