"""Kernels of a Jupyter server, at work through a websocket.

Messages are those of Jupyter's protocol 5.3 in the default form of such a websocket: JSON with a channel.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_POLL = 0.5


class Unanswered(DeployerError):
    """JupyterHub, a user's server or its kernel did not answer at all."""


class KernelDied(DeployerError):
    """A kernel ended while it was expected to work."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a cell gave back. `error` is an exception's name and text, `result` the last expression's."""

    stdout: str = ""
    stderr: str = ""
    result: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """A kernel at work, reached through a websocket."""

    socket: Any
    user: str
    session: str = field(default_factory=lambda: uuid.uuid4().hex)

    def run(self, code: str, *, waiting: Callable[[], None]) -> Output:
        """Run a cell to its end; `waiting` is called now and then meanwhile, and may raise.

        Raises:
            KernelDied: the kernel ended.
        """
        request = self._execute(code)
        output = Output()
        idle = replied = False
        while not (idle and replied):
            message = self._receive(waiting)
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] in ("dead", "restarting"):
                raise KernelDied("the kernel died while it ran a cell; the server may be short of memory")
            if message.get("parent_header", {}).get("msg_id") != request:
                continue
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
            replied = replied or kind == "execute_reply"
            output = _with(output, kind, content)
        return output

    def _execute(self, code: str) -> str:
        import websocket

        identifier = uuid.uuid4().hex
        message = {
            "channel": "shell",
            "header": {
                "msg_id": identifier,
                "msg_type": "execute_request",
                "session": self.session,
                "username": self.user,
                "version": "5.3",
            },
            "parent_header": {},
            "metadata": {},
            "content": {
                "code": code,
                "silent": False,
                "store_history": False,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
            "buffers": [],
        }
        try:
            self.socket.send(json.dumps(message))
        except (websocket.WebSocketException, OSError) as error:
            raise Unanswered(f"the way to the kernel is gone: {error}") from error
        return identifier

    def _receive(self, waiting: Callable[[], None]) -> dict[str, Any]:
        import websocket

        self.socket.settimeout(_POLL)
        while True:
            waiting()
            try:
                text = self.socket.recv()
            except websocket.WebSocketTimeoutException:
                continue
            except (websocket.WebSocketException, OSError) as error:
                raise Unanswered(f"the way to the kernel is gone: {error}") from error
            if text:
                message: dict[str, Any] = json.loads(text)
                return message


def python_kernel(specs: Mapping[str, Any]) -> str:
    """Return the name of a Python kernel among the specs of a server, the default one if it is one.

    Raises:
        DeployerError: there is none.
    """
    languages = {name: spec["spec"]["language"] for name, spec in specs["kernelspecs"].items()}
    python = sorted(name for name, language in languages.items() if language == "python")
    if not python:
        raise DeployerError(
            f"the server offers no Python kernel, only: {', '.join(sorted(languages)) or 'none'}",
            hint="install ipykernel in the image",
        )
    return str(specs["default"]) if specs["default"] in python else python[0]


def _with(output: Output, kind: str, content: Mapping[str, Any]) -> Output:
    """Return the output with what one message of the kernel adds to it."""
    if kind == "stream":
        name = str(content["name"])
        return replace(output, **{name: getattr(output, name) + content["text"]})
    if kind == "execute_result":
        return replace(output, result=content["data"].get("text/plain"))
    if kind == "error":
        return replace(output, error=f"{content['ename']}: {content['evalue']}")
    return output
