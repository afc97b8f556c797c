"""A provider of log-ins on loopback, as Keycloak has its addresses; one person is at the keyboard.

It is strict: a request that is not as the standard wants it is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT = {"client_id": "the-hub", "client_secret": "its secret"}
CODE, ACCESS = "a code for one use", "an access token"
REALM = "/realms/campus"


@dataclass
class LoginProvider:
    """What is registered here, who is at the keyboard, and where the hub sent them from."""

    callback: str
    person: dict[str, Any] = field(default_factory=dict)
    challenge: str = ""
    url: str = ""

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where a browser is sent to, with a code; the person agrees."""
        assert asked["redirect_uri"] == self.callback
        assert asked["client_id"] == CLIENT["client_id"]
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "profile", "email"}
        self.challenge = asked["code_challenge"]
        return f"{self.callback}?{urlencode({'code': CODE, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> dict[str, str]:
        """Return a token for the code, to the client that it was made for."""
        verifier = hashlib.sha256(asked["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(verifier).decode().rstrip("=") == self.challenge
        assert {key: asked[key] for key in CLIENT} == CLIENT
        assert (asked["code"], asked["redirect_uri"]) == (CODE, self.callback)
        return {"access_token": ACCESS, "token_type": "Bearer"}


@contextmanager
def login_provider(callback: str) -> Iterator[LoginProvider]:
    """Run a provider, at which the callback is registered, until the block ends."""
    provider = LoginProvider(callback=callback)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, asked = _asked(self.path)
            if path == f"{REALM}/protocol/openid-connect/auth":
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
            elif path == f"{REALM}/protocol/openid-connect/userinfo":
                assert self.headers["Authorization"] == f"Bearer {ACCESS}"
                self._answer(provider.person)
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            assert self.path == f"{REALM}/protocol/openid-connect/token"
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(provider.token(_asked(f"?{body}")[1]))

        def _answer(self, content: object) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}{REALM}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _asked(address: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(address)
    return parts.path, {key: values[0] for key, values in parse_qs(parts.query).items()}
