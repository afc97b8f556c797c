"""A hub as people reach it: by its name and with TLS, through the cluster's way in."""

from __future__ import annotations

import base64
import socket
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.tools.jupyterhub import HubApi

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    import requests

    from deployer.tools.kubernetes import Api


@dataclass(frozen=True, kw_only=True)
class ByName(HubApi):
    """The API of a hub at `https://NAME/`, which trusts nobody but the authority in a file."""

    authority: Path

    def _session(self) -> requests.Session:
        session = super()._session()
        session.verify = str(self.authority)
        return session

    def _websocket(self, path: str) -> Any:
        import websocket

        return websocket.create_connection(
            self.url.replace("http", "ws", 1) + path,
            header=[f"Authorization: token {self.token}"],
            sslopt={"ca_certs": str(self.authority)},
            suppress_origin=True,
            timeout=30,
            http_no_proxy=["*"],
        )


def lead(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> None:
    """Let a name lead to an address, for what this process asks."""
    ask = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        return ask(address if host == name else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def own_certificate(api: Api, namespace: str, secret: str, host: str, directory: Path) -> Path:
    """Make a certificate for a host and put it where the hub's Ingress expects it; return whom to trust."""
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=hub"]
    argv += ["-addext", f"subjectAltName=DNS:{host}", "-keyout", "tls.key", "-out", "tls.crt"]
    subprocess.run(argv, cwd=directory, check=True, capture_output=True)
    files = {name: (directory / name).read_bytes() for name in ("tls.crt", "tls.key")}
    data = {name: base64.b64encode(content).decode() for name, content in files.items()}
    body = {"metadata": {"name": secret}, "type": "kubernetes.io/tls", "data": data}
    api.create(f"/api/v1/namespaces/{namespace}/secrets", body)
    return directory / "tls.crt"
