"""A JupyterHub and a user's server on a loopback port, as small as the client's tests need them.

It answers as the real ones do (JupyterHub 5.5, jupyter-server 2.21), and refuses what they refuse: requests
without the token, and websockets that tell an Origin.
"""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tornado import httpserver, netutil, web, websocket

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "0123456789abcdef"


@dataclass
class Jupyter:
    """What the fake answers, and what it was asked. `url` is known when it runs."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    """`METHOD /path` → status and body: JSON, or text as it is."""
    messages: list[dict[str, Any]] = field(default_factory=list)
    """What the kernel sends for a cell; `PARENT` as a parent's id becomes the request's."""
    closes: bool = False
    """Whether the kernel's websocket is closed instead of an answer."""
    asked: list[str] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""


class Answer(web.RequestHandler):
    def initialize(self, jupyter: Jupyter) -> None:
        self.jupyter = jupyter

    def prepare(self) -> None:
        body = self.request.body.decode()
        call = f"{self.request.method} {self.request.uri}"
        self.jupyter.asked.append(f"{call} {body}".strip())
        if self.request.headers.get("Authorization") != f"token {TOKEN}":
            self.set_status(403)
            self.finish({"status": 403, "message": "Forbidden"})
            return
        status, answer = self.jupyter.answers[call]
        self.set_status(status)
        if 300 <= status < 400:
            self.set_header("Location", answer)
        elif answer is not None:
            self.write(answer if isinstance(answer, str) else json.dumps(answer))
        self.finish()

    def get(self) -> None: ...

    post = delete = get


class Channels(websocket.WebSocketHandler):
    def initialize(self, jupyter: Jupyter) -> None:
        self.jupyter = jupyter

    def prepare(self) -> None:
        self.jupyter.asked.append("websocket")
        authorized = self.request.headers.get("Authorization") == f"token {TOKEN}"
        if not authorized or "Origin" in self.request.headers:
            self.set_status(403)
            self.finish()

    def on_message(self, text: str | bytes) -> None:
        if self.jupyter.closes:
            self.close()
            return
        request = json.loads(text)
        self.jupyter.cells.append(request)
        for message in self.jupyter.messages:
            filled = json.dumps(message).replace("PARENT", request["header"]["msg_id"])
            self.write_message(filled)


@contextmanager
def running(jupyter: Jupyter) -> Iterator[Jupyter]:
    """Serve while the block runs."""
    (socket,) = netutil.bind_sockets(0, "127.0.0.1")
    jupyter.url = f"http://127.0.0.1:{socket.getsockname()[1]}/base/"
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        routes: list[Any] = [(r".*/channels", Channels, {"jupyter": jupyter})]
        server = httpserver.HTTPServer(web.Application([*routes, (r".*", Answer, {"jupyter": jupyter})]))
        server.add_socket(socket)
        await stop.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        yield jupyter
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
