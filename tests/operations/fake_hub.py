"""A stand-in for a JupyterHub with users, servers and kernels that run cells for real, in this process."""

from __future__ import annotations

import contextlib
import io
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.tools.jupyterhub import HubApi, Refused, Server, SpawnEvent
from deployer.tools.kernels import Kernel, Output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass
class HubState:
    """What is on the hub, and how it misbehaves.

    `faults` maps a call to what it raises the next time; `before` to something done first, each time.
    """

    users: dict[str, Server | None] = field(default_factory=dict)
    events: list[SpawnEvent] = field(default_factory=list)
    starts: bool = True
    calls: list[str] = field(default_factory=list)
    options: Mapping[str, Any] | None = None
    faults: dict[str, Exception] = field(default_factory=dict)
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    stopping: int = 0


@dataclass(frozen=True, kw_only=True)
class FakeHub(HubApi):
    """A HubApi whose answers come from a HubState; it refuses what JupyterHub refuses."""

    state: HubState

    def _called(self, call: str) -> None:
        self.state.calls.append(call)
        self.state.before.get(call, lambda: None)()
        if call in self.state.faults:
            raise self.state.faults.pop(call)

    def _known(self, user: str) -> None:
        if user not in self.state.users:
            raise Refused("no such user", status=404)

    def version(self) -> str:
        if "version" in self.state.faults:
            raise self.state.faults.pop("version")
        return "5.5.0"

    def exists(self, user: str) -> bool:
        return user in self.state.users

    def server(self, user: str) -> Server | None:
        self._known(user)
        server = self.state.users[user]
        if server is not None and server.pending == "stop":
            self.state.stopping -= 1
            if self.state.stopping < 0:
                self.state.users[user] = None
        return self.state.users[user]

    def create_user(self, user: str) -> None:
        self._called("create user")
        if user in self.state.users:
            raise Refused("exists", status=409)
        self.state.users[user] = None

    def delete_user(self, user: str) -> None:
        self._called("delete user")
        self._known(user)
        if self.state.users[user] is not None:
            raise Refused("its server is in the process of stopping, please wait", status=400)
        del self.state.users[user]

    def start_server(self, user: str, options: Mapping[str, Any]) -> None:
        self._called("start server")
        self._known(user)
        self.state.options = options
        self.state.users[user] = Server(pending="spawn", ready=False, path=f"/user/{user}/")

    def stop_server(self, user: str) -> None:
        self._called("stop server")
        self._known(user)
        self.state.users[user] = Server(pending="stop", ready=False, path=f"/user/{user}/")

    def progress(self, user: str) -> Iterator[SpawnEvent]:
        self._called("progress")
        yield from self.state.events
        if self.state.starts:
            self.state.users[user] = Server(pending=None, ready=True, path=f"/user/{user}/")
            yield SpawnEvent(message="ready", ready=True)
        elif any(event.failed for event in self.state.events):
            self.state.users[user] = None

    @contextmanager
    def kernel(self, user: str, path: str) -> Iterator[Kernel]:
        self._called("start kernel")
        assert path == f"/user/{user}/"
        yield FakeKernel(socket=None, user=user, state=self.state)
        self.state.calls.append("end kernel")


@dataclass(frozen=True, kw_only=True)
class FakeKernel(Kernel):
    """A kernel that runs Python cells here. The fault `cell` hits the next one."""

    state: HubState

    def run(self, code: str, *, waiting: Callable[[], None]) -> Output:
        waiting()
        fault = self.state.faults.pop("cell", None)
        if fault is not None:
            raise fault
        stdout, result = io.StringIO(), None
        *body, last = code.split("\n")
        with contextlib.redirect_stdout(stdout):
            try:
                try:
                    expression = compile(last, "cell", "eval")
                except SyntaxError:
                    exec(code, self.state.names)
                else:
                    exec("\n".join(body), self.state.names)
                    value = eval(expression, self.state.names)
                    result = None if value is None else repr(value)
            except Exception as error:  # noqa: BLE001 as a kernel does
                return Output(stdout=stdout.getvalue(), error=f"{type(error).__name__}: {error}")
        return Output(stdout=stdout.getvalue(), result=result)
