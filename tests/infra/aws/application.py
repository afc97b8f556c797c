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
    Answer = tuple[str, list[tuple[str, str]], list[bytes]]

REMEMBERED = 1000
"""How many answers are kept for somebody who asks again."""


class Application:
    """`services` by the names that requests to them are signed for; `moto` has all others, and the rest."""

    def __init__(self, moto: Wsgi, services: Mapping[str, Service]) -> None:
        self._moto = moto
        self._services = services
        self._lock = threading.Lock()
        self._answers: dict[str, Answer] = {}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request at a time: what moto keeps is not made for several at once.

        A program to which an answer was lost asks again, and nothing must be done twice then. AWS knows it by
        tokens that differ from service to service; here, by what SDKs name their attempts.
        """
        invocation = environ.get("HTTP_AMZ_SDK_INVOCATION_ID", "")
        with self._lock:
            answer = self._answers.get(invocation)
            if answer:
                sys.stderr.write(f"asked again: {environ['REQUEST_METHOD']} {environ['REQUEST_URI']}\n")
            else:
                answer = _answer_of(self._answered, environ)
                if invocation and answer[0].startswith("2"):
                    self._remember(invocation, answer)
        status, headers, body = answer
        start(status, headers)
        return body

    def _remember(self, invocation: str, answer: Answer) -> None:
        self._answers[invocation] = answer
        if len(self._answers) > REMEMBERED:
            del self._answers[next(iter(self._answers))]

    def _answered(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        name = signed_for(environ)[0]
        service = self._services.get(name)
        try:
            if service is None:
                return self._moto(environ, start)
            call = read(environ)
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
        status, headers, body = _answer_of(self._moto, environ)
        kind = dict(headers).get("Content-Type", "")
        if call.method != "HEAD" and status.startswith("404") and kind.startswith("text/html"):
            # No API answers so, only a server of pages: moto has no such path. (S3 has no body for HEAD.)
            raise NotImplementedError(f"{call.method} /{'/'.join(call.path)}")
        if status.startswith("2"):
            service.complete(call)
        start(status, headers)
        return body


def _answer_of(wsgi: Wsgi, environ: dict[str, Any]) -> Answer:
    """Return the status, the headers and the body that an application answers with."""
    status, headers = "", list[tuple[str, str]]()

    def started(said: str, with_headers: list[tuple[str, str]], *_error: object) -> None:
        nonlocal status, headers
        status, headers = said, with_headers

    body = list(wsgi(environ, started))
    return status, headers, body


def _respond(
    start: Callable[..., Any], status: str, answer: dict[str, Any] | str, *headers: tuple[str, str]
) -> Iterable[bytes]:
    xml = isinstance(answer, str)
    content = str(answer).encode() if xml else json.dumps(answer).encode()
    kind = ("Content-Type", "application/xml" if xml else "application/json")
    start(status, [kind, ("Content-Length", str(len(content))), *headers])
    return [content]


def _refuse(start: Callable[..., Any], refusal: Refused) -> Iterable[bytes]:
    # Services with actions have the code in the body, REST services in a header.
    answer = {"__type": refusal.code, "message": str(refusal)}
    return _respond(start, refusal.status, answer, ("x-amzn-ErrorType", refusal.code))
