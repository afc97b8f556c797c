"""What an operator's alarms are sent to: a webhook on this machine that pods of the local cluster reach."""

from __future__ import annotations

import json
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.local.node import LocalNode
from deployer.session import Session, directories

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Webhook:
    """Keeps the alarms that it is sent. While `broken` it refuses them, as one that is out of order does."""

    url: str
    broken: bool = False
    refused: int = 0
    received: list[dict[str, Any]] = field(default_factory=list)

    def alerts(self, status: str, **labels: str) -> list[dict[str, Any]]:
        """Return the alarms that came with a status and labels."""
        return [
            alert
            for each in list(self.received)
            for alert in each["alerts"]
            if alert["status"] == status and labels.items() <= alert["labels"].items()
        ]

    def untold(self, hub: str) -> bool:
        """Say whether the last that was told about a hub is an alarm, and not its end."""
        about = [
            alert
            for each in list(self.received)
            for alert in each["alerts"]
            if alert["labels"].get("hub") == hub
        ]
        return bool(about) and about[-1]["status"] == "firing"


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A webhook at the host's end of the link to the local node, which nobody else reaches."""
    cache, state = directories(os.environ)
    local = LocalNode.existing(Session(environ=os.environ, cache=cache, state=state))
    if local is None:
        pytest.skip("the local cluster was made with kind: no address of this machine is known to its pods")
    server = ThreadingHTTPServer((str(local.node.outer), 0), BaseHTTPRequestHandler)
    found = Webhook(url=f"http://{local.node.outer}:{server.server_address[1]}/alarm")
    server.RequestHandlerClass = _handler(found)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(keeper: Webhook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if keeper.broken:
                keeper.refused += 1
            else:
                keeper.received.append(body)
            self.send_response(503 if keeper.broken else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    return Handler
