"""A learning platform on loopback, which sends people to a hub as LTI 1.3 wants it."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.hub.running_hub import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hub.running_hub import RunningHub

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim"


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A platform that is served at `url`. It signs what it says with a key of its own."""

    url: str
    key: rsa.RSAPrivateKey = field(default_factory=_key, repr=False)

    @property
    def keys(self) -> dict[str, Any]:
        """Its public keys, as `/keys` has them."""
        return {
            "keys": [{**RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": "1", "use": "sig"}]
        }

    def asked(self, hub: RunningHub, browser: requests.Session, client_id: str) -> tuple[str, dict[str, str]]:
        """Begin a launch for one registration: return where the hub sends the browser, and with what."""
        asking = {
            "iss": self.url,
            "login_hint": "4711",
            "target_link_uri": hub.url,
            "client_id": client_id,
        }
        address = f"{hub.url}/hub/lti13/oauth_login"
        answer = browser.post(address, data=asking, timeout=PATIENCE, allow_redirects=False)
        assert answer.status_code == 302
        there, _, query = answer.headers["Location"].partition("?")
        return there, {key: values[0] for key, values in parse_qs(query).items()}

    def launch(self, hub: RunningHub, client_id: str, **claims: Any) -> requests.Response:
        """Send somebody to the hub from a course, and return its last answer."""
        with requests.Session() as browser:
            _, asked = self.asked(hub, browser, client_id)
            assert urlsplit(asked["redirect_uri"]).path == "/hub/lti13/oauth_callback"
            said = {
                "iss": self.url,
                "aud": asked["client_id"],
                "iat": int(time.time()),
                "exp": int(time.time()) + 300,
                "nonce": asked["nonce"],
                f"{_CLAIM}/version": "1.3.0",
                f"{_CLAIM}/message_type": "LtiResourceLinkRequest",
                f"{_CLAIM}/deployment_id": "1",
                f"{_CLAIM}/target_link_uri": hub.url,
                f"{_CLAIM}/resource_link": {"id": "a-link"},
                f"{_CLAIM}/roles": [],
                **claims,
            }
            token = jwt.encode(said, self.key, algorithm="RS256", headers={"kid": "1"})
            return browser.post(
                f"{hub.url}/hub/lti13/oauth_callback",
                data={"id_token": token, "state": asked["state"]},
                timeout=PATIENCE,
                allow_redirects=False,
            )


@contextmanager
def learning_platform() -> Iterator[Platform]:
    """Run a platform until the block ends."""
    served: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in served else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(served.get(self.path)).encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform = Platform(url=f"http://127.0.0.1:{server.server_port}")
    served["/keys"] = platform.keys
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
