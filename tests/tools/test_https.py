"""One question to a real server with TLS on loopback, and every way in which there is no answer."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from deployer.tools.https import Answer, Kind, Unanswered, ask
from tests.tools.site import DAY, Authority, Site, authority, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

HOST = "localhost"


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(ca: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca.file))


@contextmanager
def listening(saying: bytes) -> Iterator[int]:
    """Listen on a port: whoever comes is told something before a word of theirs, and then nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept: list[socket.socket] = []

        def welcome() -> None:
            connected, _ = server.accept()
            kept.append(connected)
            if saying:
                connected.sendall(saying)
                connected.close()

        thread = threading.Thread(target=welcome, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(timeout=10)
        for connected in kept:
            connected.close()


def silence(port: int, context: ssl.SSLContext, *, host: str = HOST, timeout: float = 10) -> Kind:
    with pytest.raises(Unanswered) as caught:
        ask(host, "/", port=port, timeout=timeout, context=context)
    assert caught.value.detail
    return caught.value.kind


def test_an_answer_has_status_headers_body_and_the_end_of_the_certificate(
    ca: Authority, trusted: ssl.SSLContext
) -> None:
    site = Site(status=503, headers={"X-Some": "thing"}, body=b"broken")
    with served(site, ca.certificate(HOST)) as port:
        answer = ask(HOST, "/hub/health", port=port, timeout=10, context=trusted)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body, answer.headers["x-some"]) == (503, "broken", "thing")
    assert site.heard == ["/hub/health"]
    left = answer.certificate_ends - datetime.now(UTC)
    assert timedelta(days=29) < left < timedelta(days=31)


def test_nobody_is_followed_to_where_they_send_us(ca: Authority, trusted: ssl.SSLContext) -> None:
    site = Site(status=302, headers={"Location": "https://elsewhere.example.org/"})
    with served(site, ca.certificate(HOST)) as port:
        answer = ask(HOST, "/", port=port, timeout=10, context=trusted)
    assert (answer.status, len(site.heard)) == (302, 1)


@pytest.mark.parametrize(
    ("name", "until", "known", "kind"),
    [
        (HOST, -DAY, True, "certificate-expired"),
        ("other.example.org", 30 * DAY, True, "certificate-name"),
        (HOST, 30 * DAY, False, "certificate-not-trusted"),
    ],
)
def test_a_certificate_is_refused_for_a_reason_that_is_told(
    ca: Authority, trusted: ssl.SSLContext, name: str, until: timedelta, known: bool, kind: Kind
) -> None:
    site = Site()
    with served(site, ca.certificate(name, until=until, known=known)) as port:
        assert silence(port, trusted) == kind
    assert site.heard == []


def test_a_certificate_for_another_address_is_for_another_name(
    ca: Authority, trusted: ssl.SSLContext
) -> None:
    with served(Site(), ca.certificate("127.0.0.2")) as port:
        assert silence(port, trusted, host="127.0.0.1") == "certificate-name"


def test_nobody_listens(trusted: ssl.SSLContext) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert silence(port, trusted) == "refused"


def test_a_name_that_cannot_be(trusted: ssl.SSLContext) -> None:
    """By RFC 6761 no name server knows it; without any, the look-up fails in the other way."""
    assert silence(443, trusted, host="nowhere.invalid") in ("no-name", "no-name-server")
    assert silence(443, trusted, host=f"{'a' * 64}.example.org") == "no-name"


@pytest.mark.parametrize(
    ("error", "kind"), [(socket.EAI_NONAME, "no-name"), (socket.EAI_AGAIN, "no-name-server")]
)
def test_a_name_server_that_is_away_is_not_a_name_that_is_not(
    monkeypatch: pytest.MonkeyPatch, trusted: ssl.SSLContext, error: int, kind: Kind
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(error, "in words")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert silence(443, trusted) == kind


def test_who_says_nothing_is_waited_for_no_longer_than_that(trusted: ssl.SSLContext) -> None:
    with listening(b"") as port:
        assert silence(port, trusted, timeout=0.3) == "timeout"


def test_who_speaks_plain_http_speaks_no_tls(trusted: ssl.SSLContext) -> None:
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert silence(port, trusted) == "tls"


@contextmanager
def speaking(certificate: Path, *words: bytes, until: threading.Event | None = None) -> Iterator[int]:
    """Speak TLS, and say words without having been asked: the last of them again and again."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            connected, _ = server.accept()
            with context.wrap_socket(connected, server_side=True) as secure:
                try:
                    secure.recv(1000)
                    for word in words:
                        secure.sendall(word)
                    while until and not until.wait(0.05):
                        secure.sendall(words[-1])
                except OSError:
                    return

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(timeout=10)


def test_who_goes_away_without_an_answer(ca: Authority, trusted: ssl.SSLContext) -> None:
    with speaking(ca.certificate(HOST)) as port:
        assert silence(port, trusted) == "no-answer"


def test_who_says_what_is_no_http(ca: Authority, trusted: ssl.SSLContext) -> None:
    with speaking(ca.certificate(HOST), b"220 mail.example.org ESMTP\r\n") as port:
        assert silence(port, trusted) == "no-answer"


def test_a_byte_now_and_then_is_no_answer_either(ca: Authority, trusted: ssl.SSLContext) -> None:
    """Each of them comes within the timeout of a read, so only the time in all ends it."""
    over = threading.Event()
    with speaking(ca.certificate(HOST), b"HTTP/1.1 200 OK\r\n", b"X-A: 1\r\n", until=over) as port:
        try:
            assert silence(port, trusted, timeout=1) == "timeout"
        finally:
            over.set()
