"""What people read about an alarm: as real programs send it to PagerDuty, to Slack and by mail."""

from __future__ import annotations

import email
import json
import socketserver
import threading
from contextlib import ExitStack, contextmanager
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api_server import free_port
from tests.support.watching import PATIENCE, Neighbour, computed, served, watched
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

SUBJECT = "[FIRING:1] gcp maths: HubDown"
TEXT = """\
maths: hub is down
No pod of the Deployment hub has been available for 5 minutes.
Next: kubectl --namespace maths describe pods --selector component=hub
What to do: https://docs.example.org/hub-down.html
Contact: maths@example.org"""


class _Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as a mail needs."""

    def handle(self) -> None:
        self._say("220 here")
        for line in self.rfile:
            match line.split()[0].upper():
                case b"DATA":
                    self._say("354 go on")
                    text = b"".join(iter(self.rfile.readline, b".\r\n"))
                    self.server.came.append(text)  # type: ignore[attr-defined]  # set by `listening`
                    self._say("250 taken")
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 well")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Calls(BaseHTTPRequestHandler):
    """What stands for PagerDuty and Slack, by path."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.came.append((self.path, body))  # type: ignore[attr-defined]  # set by `listening`
        self.send_response(202 if self.path == "/pagerduty" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def listening(server: socketserver.TCPServer) -> Iterator[list[Any]]:
    """Serve as long as the block does, and yield what came."""
    came: list[Any] = []
    server.came = came  # type: ignore[attr-defined]  # for its handlers, which know only the server
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_message_says_which_cluster_which_hub_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    measured = free_port()
    mails = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail)
    mails.daemon_threads = True
    calls = ThreadingHTTPServer(("127.0.0.1", 0), _Calls)
    base = f"http://127.0.0.1:{calls.server_address[1]}"
    smarthost = f"127.0.0.1:{mails.server_address[1]}"
    people = {
        "pagerduty_configs": [{"routing_key": "k", "url": f"{base}/pagerduty"}],
        "slack_configs": [{"api_url": f"{base}/slack", "channel": "#hubs"}],
    }
    values = computed(
        hubs={"maths": {"critical": people}},
        mail={
            "smarthost": smarthost,
            "from": "a@example.org",
            "requireTls": False,
            "contacts": ["critical"],
        },
        runbooks="https://docs.example.org/{page}.html",
    )
    with ExitStack() as stack:
        posted = stack.enter_context(listening(mails))
        called = stack.enter_context(listening(calls))
        stack.enter_context(served(Neighbour(available=0), measured))
        stack.enter_context(watched(tmp_path, values, measured))
        wait_for(
            lambda: bool(posted) and {path for path, _ in called} == {"/pagerduty", "/slack"},
            "all three",
            seconds=PATIENCE,
        )
    mail = email.message_from_bytes(posted[0], policy=policy.default)
    assert (mail["Subject"], mail["To"], mail["From"]) == (SUBJECT, "maths@example.org", "a@example.org")
    body = mail.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").strip() == TEXT
    bodies = dict(reversed(called))
    incident = bodies["/pagerduty"]["payload"]
    assert (incident["summary"], incident["severity"]) == (SUBJECT, "critical")
    assert incident["custom_details"]["firing"].strip() == TEXT
    (message,) = bodies["/slack"]["attachments"]
    assert (message["title"], message["text"].strip()) == (SUBJECT, TEXT)
