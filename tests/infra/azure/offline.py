"""Terraform on terraform/azure without Azure.

The provider asks for a token before anything else, so there is one that a server on this machine makes. What
it would ask Azure itself it asks when it refreshes or applies, and neither happens here.
"""

from __future__ import annotations

import base64
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.infra import offline
from tests.infra.providers import AZURERM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TENANT = "11111111-1111-1111-1111-111111111111"
BUILDER = "22222222-2222-2222-2222-222222222222"
_SAME_FOR_ALL = {
    "location",
    "lock_level",
    "notes",
    "recurrence_period_start_date",
    "resource_group_name",
    "skip_service_principal_aad_check",
    "tags",
    "time_period",
    "timeouts",
}
"""Attributes that say nothing: what all have, and what goes with the clock."""


class _Token(BaseHTTPRequestHandler):
    """The service that hands tokens to virtual machines. This one signs nothing."""

    def do_GET(self) -> None:
        claims = {"aud": "nobody", "oid": BUILDER, "tid": TENANT, "exp": 4_000_000_000, "scp": "none"}
        token = f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{_encoded(claims)}.none"
        said = {"access_token": token, "expires_in": "86400", "expires_on": "4000000000"}
        content = json.dumps({**said, "resource": "nobody", "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def token_server() -> Iterator[dict[str, str]]:
    """Yield the environment in which the provider finds its token."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Token) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield {
                "ARM_MSI_ENDPOINT": f"http://127.0.0.1:{server.server_port}/token",
                "ARM_USE_CLI": "false",
                "ARM_USE_MSI": "true",
            }
        finally:
            server.shutdown()


class Root(offline.Root):
    """A copy of terraform/azure, ready to plan."""

    def __init__(self, program: str, repository: Path, directory: Path, environ: Mapping[str, str]) -> None:
        super().__init__(program, repository, directory, module="azure", provider=AZURERM, environ=environ)


def told(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan would make: how many of each type, and each with what is known of it."""
    return offline.told(plan, _SAME_FOR_ALL)


def _encoded(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
