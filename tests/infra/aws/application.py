"""The WSGI application around moto's: services here answer first, or complete what moto did."""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING, Any

from tests.infra.aws.call import Refused, read, signed_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.infra.aws.call import Call, Service

    Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Application:
    """`services` by the names that requests to them are signed for; `moto` has all others, and the rest."""

    def __init__(self, moto: Wsgi, services: Mapping[str, Service]) -> None:
        self._moto = moto
        self._services = services
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        name = signed_for(environ)[0]
        service = self._services.get(name)
        try:
            if service is None:
                return self._moto(environ, start)
            call = read(environ)
            with self._lock:
                answer = service.answer(call)
            if answer is not None:
                return _respond(start, "200 OK", answer)
            return self._completed(service, call, environ, start)
        except Refused as refusal:
            return _refuse(start, refusal)
        except NotImplementedError as error:
            # An error of the server would be tried again and again.
            sys.stderr.write(f"moto lacks: {name}: {error}\n")
            return _refuse(start, Refused("NotImplemented", f"moto lacks: {name}: {error}"))

    def _completed(
        self, service: Service, call: Call, environ: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        status, headers = "", list[tuple[str, str]]()

        def started(said: str, with_headers: list[tuple[str, str]], *_error: object) -> None:
            nonlocal status, headers
            status, headers = said, with_headers

        body = list(self._moto(environ, started))
        if status.startswith("404") and dict(headers).get("Content-Type", "").startswith("text/html"):
            # No API answers so, only a server of pages: moto has no such path.
            raise NotImplementedError(f"{call.method} /{'/'.join(call.path)}")
        if status.startswith("2"):
            with self._lock:
                service.complete(call)
        start(status, headers)
        return body


def _respond(
    start: Callable[..., Any], status: str, answer: dict[str, Any], *headers: tuple[str, str]
) -> Iterable[bytes]:
    content = json.dumps(answer).encode()
    kind = ("Content-Type", "application/json")
    start(status, [kind, ("Content-Length", str(len(content))), *headers])
    return [content]


def _refuse(start: Callable[..., Any], refusal: Refused) -> Iterable[bytes]:
    # Services with actions have the code in the body, REST services in a header.
    answer = {"__type": refusal.code, "message": str(refusal)}
    return _respond(start, refusal.status, answer, ("x-amzn-ErrorType", refusal.code))
