"""A site on loopback that speaks TLS, with certificates of an authority of its own."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Who makes certificates for a test; `file` is its own."""

    directory: Path
    file: Path

    def certificate(self, *names: str, until: timedelta = 30 * DAY, known: bool = True) -> Path:
        """Write a certificate with its key for names of hosts; one that is not `known` is of nobody."""
        return _write(self.directory, names, until, signed=known)


@dataclass
class Site:
    """What is answered: a status, headers and a body. `heard` are the paths that were asked for."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"X-JupyterHub-Version": "5.5.0"})
    body: bytes = b""
    heard: list[str] = field(default_factory=list)


def authority(directory: Path) -> Authority:
    """Make an authority that writes into a directory."""
    _write(directory, (), 60 * DAY, signed=False, name="authority")
    return Authority(directory=directory, file=directory / "authority.pem")


@contextmanager
def served(site: Site, certificate: Path) -> Iterator[int]:
    """Serve a site as long as the block does, and yield its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.heard.append(self.path)
            self.send_response(site.status)
            for name, value in site.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(site.body)))
            self.end_headers()
            self.wfile.write(site.body)

        def log_message(self, *_args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_args: object) -> None:
            """Keep quiet: who does not trust the certificate goes away."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _write(
    directory: Path, names: tuple[str, ...], until: timedelta, *, signed: bool, name: str = ""
) -> Path:
    """Write a certificate and its key into one file; an authority has a `name` of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name or "site")])
    issuer, by = _parent(directory) if signed else (subject, key)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 90 * DAY)
        .not_valid_after(now + until + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=bool(name), path_length=None), critical=True)
    )
    if names:
        listed = [_general(each) for each in names]
        builder = builder.add_extension(x509.SubjectAlternativeName(listed), critical=False)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = directory / f"{name or f'{names[0]}-{until.days}-{signed}'}.pem"
    path.write_bytes(builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + secret)
    return path


def _parent(directory: Path) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
    text = (directory / "authority.pem").read_bytes()
    key = serialization.load_pem_private_key(text, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(text).subject, key


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
