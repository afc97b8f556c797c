"""A user's way through a hub, walked by the check user: a server, a kernel, cells, and no trace left.

The steps are the same on every hub; what they need to know about it comes in as a `Traveller`.
"""

from __future__ import annotations

import secrets
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.operations.health import home
from deployer.operations.health.cells import Cell, cells, run
from deployer.operations.health.patience import JourneyFailed, Patience
from deployer.operations.listening import heard
from deployer.progress import step
from deployer.tools.jupyterhub import Refused, SpawnEvent
from deployer.tools.kernels import Output, Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from deployer.fleet.model import HealthCheck
    from deployer.interruption import Interruption
    from deployer.progress import Progress
    from deployer.tools.jupyterhub import HubApi
    from deployer.tools.kubernetes import Api

REMOVAL = "remove user and home"
_STEP_TIMEOUT = 120.0
"""Seconds for a step other than the server's start, which `health.timeout` limits."""
_TIDY_TIMEOUT = 60.0
_PASSING = 8.0
"""Seconds of a server's start in which warnings mostly pass by themselves: its volume is being made."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One finished step of a journey."""

    name: str
    seconds: float
    ok: bool


@dataclass(frozen=True, kw_only=True)
class Traveller:
    """The check user of one hub on its way.

    `on_wait` is called now and then while the server starts, and may raise. `steps` grows with each step.
    """

    hub: HubApi
    api: Api
    namespace: str
    check: HealthCheck
    progress: Progress
    interruption: Interruption
    on_wait: Callable[[], None]
    steps: list[Step] = field(default_factory=list)

    @property
    def user(self) -> str:
        """The check user's name."""
        return self.check.user

    def step(self, name: str) -> AbstractContextManager[None]:
        """Report and record the block as one step, unless the user asked to stop."""
        self.interruption.check()
        return recorded(self.progress, self.namespace, name, self.steps)

    def note(self, text: str) -> None:
        """Tell something worth knowing."""
        self.progress.noted(self.namespace, text)

    def patience(self, what: str, seconds: float = _STEP_TIMEOUT) -> Patience:
        """Return a fresh patience."""
        return Patience(interruption=self.interruption, what=what, seconds=seconds)

    def travel(self) -> None:
        """Go the whole way.

        Raises:
            DeployerError: a step failed. User, server and home may be left; `tidy` removes them.
        """
        with self.step("create user"):
            self._create_user()
        with self.step("start server"):
            path = self._start_server()
        self._work(path)
        with self.step("stop server"):
            self._stop_server()
        with self.step(REMOVAL):
            self.tidy()

    def tidy(self) -> None:
        """Remove the check user, its server and its home, in whatever state they are."""
        patience = self.patience("removing the check user", _TIDY_TIMEOUT)
        _remove_user(self.hub, self.user, patience)
        home.remove_claims(self.api, self.namespace, self.user, patience)

    def _create_user(self) -> None:
        if self.hub.exists(self.user):
            self.note(f"user {self.user} is left over from a check that was killed; removing it first")
            self.tidy()
        self.hub.create_user(self.user)

    def _start_server(self) -> str:
        patience = self.patience("the server's start", self.check.timeout)
        self._ask_for_server(patience)
        warnings: dict[str, bool] = {}
        waiting = self._waiting(patience, warnings)
        while True:
            for event in heard(lambda: _news(self.hub, self.user), waiting):
                if event.failed:
                    raise JourneyFailed(f"the server did not start: {event.message}")
                _time, _, warning = event.message.partition("[Warning] ")
                if warning:
                    warnings.setdefault(warning, False)
            self._tell(warnings, patience)
            server = self.hub.server(self.user)
            if server is None:
                raise JourneyFailed("the server did not start, and the hub does not say why")
            if server.ready:
                return server.path
            patience.sleep()

    def _tell(self, warnings: dict[str, bool], patience: Patience) -> None:
        """Note each warning once, if the start is a slow one; its value says whether it was told."""
        if patience.waited < _PASSING:
            return
        for warning in [each for each, told in warnings.items() if not told]:
            warnings[warning] = True
            self.note(warning)

    def _ask_for_server(self, patience: Patience) -> None:
        told = False
        while True:
            try:
                return self.hub.start_server(self.user, user_options(self.check))
            except Refused as refused:
                if refused.status != 429:  # many servers are starting just now, as at the start of a class
                    raise
                if not told:
                    self.note(f"waiting: {refused.message}")
                told = True
            patience.sleep()

    def _waiting(self, patience: Patience, warnings: dict[str, bool]) -> Callable[[], None]:
        def waiting() -> None:
            patience.check()
            self._tell(warnings, patience)
            self.on_wait()

        return waiting

    def _work(self, path: str) -> None:
        with ExitStack() as stack:
            with self.step("start kernel"):
                kernel = stack.enter_context(self.hub.kernel(self.user, path))
            with self.step("run cells"):
                patience = self.patience("running cells")
                for cell in cells(secrets.token_hex(8)):
                    run(kernel, cell, waiting=patience.check)
            directory = home.shared_home(self.api, self.namespace, self.user)
            if directory is not None:
                with self.step("empty home"):
                    patience = self.patience("emptying the home")
                    run(
                        kernel, Cell(code=home.emptying(directory), expected=Output()), waiting=patience.check
                    )

    def _stop_server(self) -> None:
        patience = self.patience("the server's end")
        self.hub.stop_server(self.user)
        while self.hub.server(self.user) is not None:
            patience.sleep()


@contextmanager
def recorded(progress: Progress, subject: str, name: str, steps: list[Step]) -> Iterator[None]:
    """Report the block as one step of `subject`, and add it to `steps` when it ends."""
    start = time.monotonic()
    ok = False
    try:
        with step(progress, subject, name):
            yield
        ok = True
    finally:
        steps.append(Step(name=name, seconds=time.monotonic() - start, ok=ok))


def user_options(check: HealthCheck) -> dict[str, Any]:
    """Return what KubeSpawner makes of the form in which a user chooses profile and image."""
    options = {"profile": check.profile, "image--unlisted-choice": check.image}
    return {name: value for name, value in options.items() if value is not None}


def _news(hub: HubApi, user: str) -> Iterator[SpawnEvent]:
    try:
        yield from hub.progress(user)
    except Unanswered:  # the stream broke; what became of the server is asked next
        return
    except Refused as refused:
        if refused.status != 400:  # no news: the server is ready by now, or its start has failed
            raise


def _remove_user(hub: HubApi, user: str, patience: Patience) -> None:
    """Stop the user's server and delete the user, again and again until both are gone."""
    refused: Refused | None = None
    while hub.exists(user):
        try:
            server = hub.server(user)
            if server is not None and server.pending != "stop":
                hub.stop_server(user)
            elif server is None:
                hub.delete_user(user)
                continue
        except Refused as error:  # such as 400: something of the user is pending
            refused = error
        try:
            patience.sleep()
        except JourneyFailed as late:
            raise (refused or late) from late
