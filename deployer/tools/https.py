"""One question to an address, or why there was no answer: nothing is followed, nothing tried again."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal[
    "no-name",
    "no-name-server",
    "refused",
    "unreachable",
    "timeout",
    "certificate-expired",
    "certificate-name",
    "certificate-not-trusted",
    "tls",
    "no-answer",
]
_READ = 64 * 1024
# OpenSSL's X509_V_ERR_... (openssl/x509_vfy.h)
_EXPIRED = 10
_OTHER_NAME = (62, 64)
_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)


class Unanswered(Exception):
    """There was no answer; `kind` says at which step, `detail` what the system called it."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an address answers. Names of `headers` are in small letters; `body` is its beginning."""

    status: int
    seconds: float
    certificate_ends: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


def trust() -> ssl.SSLContext:
    """Return whom this machine trusts to make certificates; `SSL_CERT_FILE` names others."""
    return ssl.create_default_context()


def ask(host: str, path: str, *, port: int = 443, timeout: float, context: ssl.SSLContext) -> Answer:
    """Ask for `path`, for `timeout` seconds in all.

    Raises:
        Unanswered: there was no answer.
    """
    connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    with _told(), _closed_after(timeout, connection):
        began = time.monotonic()
        connection.connect()
        ends = _ends(connection.sock)
        connection.request("GET", path, headers={"User-Agent": "deployer", "Connection": "close"})
        response = connection.getresponse()
        body = response.read(_READ)
        return Answer(
            status=response.status,
            seconds=time.monotonic() - began,
            certificate_ends=ends,
            headers={name.lower(): value for name, value in response.getheaders()},
            body=body.decode(errors="replace"),
        )


def _ends(connected: socket.socket) -> datetime:
    certificate = connected.getpeercert() if isinstance(connected, ssl.SSLSocket) else None
    until = (certificate or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(until)), UTC)


@contextmanager
def _closed_after(seconds: float, connection: http.client.HTTPSConnection) -> Iterator[None]:
    """Close a connection when time is up, for who sends a byte now and then never runs into a timeout.

    Raises:
        TimeoutError: it was; what had come until then may look like a whole answer.
    """
    late = threading.Event()

    def close() -> None:
        late.set()
        if connection.sock:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()
        if late.is_set():
            raise TimeoutError


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except socket.gaierror as error:
        unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        raise Unanswered("no-name" if unknown else "no-name-server", str(error.strerror)) from error
    except UnicodeError as error:
        raise Unanswered("no-name", str(error)) from error
    except TimeoutError as error:
        raise Unanswered("timeout", "timed out") from error
    except ssl.SSLCertVerificationError as error:
        raise Unanswered(_of_certificate(error), error.verify_message) from error
    except ssl.SSLEOFError as error:
        raise Unanswered("no-answer", "the connection was closed") from error
    except ssl.SSLError as error:
        raise Unanswered("tls", error.reason or str(error)) from error
    except ConnectionRefusedError as error:
        raise Unanswered("refused", "connection refused") from error
    except OSError as error:
        kind: Kind = "unreachable" if error.errno in _UNREACHABLE else "no-answer"
        raise Unanswered(kind, error.strerror or "the connection was closed") from error
    except http.client.HTTPException as error:
        raise Unanswered("no-answer", f"not HTTP: {error}" if str(error) else "not HTTP") from error


def _of_certificate(error: ssl.SSLCertVerificationError) -> Kind:
    if error.verify_code == _EXPIRED:
        return "certificate-expired"
    return "certificate-name" if error.verify_code in _OTHER_NAME else "certificate-not-trusted"
