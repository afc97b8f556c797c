"""One call of an AWS API, as far as the services here need to know it."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs, parse_qsl, unquote

ACCOUNT = "123456789012"
"""The account of everybody who has made none: moto's."""

_CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/")


class Refused(Exception):
    """The answer is an error: its code, as the service names it, and the HTTP status."""

    def __init__(self, code: str, message: str, status: str = "400 Bad Request") -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call: REST services have a method, a path and a query; the others an action (`CreateBudget`).

    `path` is in parts, without slashes around it; a part may have some itself, as an ARN has. `body` is JSON
    or, with names such as `Filter.1.Value.1`, the fields of a form. `text` is that of XML.
    """

    service: str
    region: str
    method: str
    path: tuple[str, ...]
    query: dict[str, list[str]]
    action: str
    body: dict[str, Any]
    text: str = ""


class Service(Protocol):
    """What moto lacks of one service. It keeps what moto has no place for; all else is moto's own objects."""

    def answer(self, call: Call) -> dict[str, Any] | str | None:
        """Return the answer, XML as it is, or None where moto has one; raise `Refused`."""

    def complete(self, call: Call) -> None:
        """Add to what moto made of a call, after moto answered it well."""


def signed_for(environ: dict[str, Any]) -> tuple[str, str]:
    """Return the service and the region that a request is signed for, empty when it is not signed."""
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (found[2], found[1]) if found else ("", "")


def read(environ: dict[str, Any]) -> Call:
    """Return the call of a request, and leave the request as if nobody had read it."""
    raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(raw)
    service, region = signed_for(environ)
    # PATH_INFO is decoded: there, a slash inside an ARN ends a part.
    path = str(environ["REQUEST_URI"]).partition("?")[0]
    kind = environ.get("CONTENT_TYPE", "")
    body: dict[str, Any] = {}
    if kind.startswith("application/x-www-form-urlencoded"):
        body = dict(parse_qsl(raw.decode()))
    elif raw and "json" in kind:
        body = json.loads(raw)
    return Call(
        service=service,
        region=region,
        method=environ["REQUEST_METHOD"],
        path=tuple(unquote(part) for part in path.strip("/").split("/")),
        query=parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True),
        action=environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2] or body.get("Action", ""),
        body=body,
        text=raw.decode() if "xml" in kind else "",
    )
