"""A real API server of Kubernetes with its etcd, on loopback, and nothing that acts on objects.

What is written to it stays as it is: no pod starts, and no Deployment comes up. That is enough to see what a
deploy writes, and what the server says of it.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parent.parent.parent
KUBERNETES = REPOSITORY / ".tools/bin/kubernetes"
PATIENCE = 120.0


@contextmanager
def api_server(directory: Path, *more: str) -> Iterator[Path]:
    """Yield the kubeconfig of an API server that runs as long as the block does, with more arguments."""
    if not KUBERNETES.exists():
        pytest.skip("not built: .tools/bin/kubernetes")
    etcd = shutil.which("etcd")
    if etcd is None:
        pytest.skip("not installed: etcd (run `tools/install-packages`)")
    client, peer, secure = (free_port() for _ in range(3))
    token = secrets.token_hex(16)
    (directory / "tokens.csv").write_text(f"{token},tester,1,system:masters\n")
    key = directory / "accounts.key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    at = f"http://127.0.0.1:{client}"
    with (
        running(directory / "etcd.log", etcd, *_etcd(directory, at, f"http://127.0.0.1:{peer}")),
        running(
            directory / "server.log",
            str(KUBERNETES),
            "kube-apiserver",
            *_server(directory, at, secure),
            *more,
        ) as server,
    ):
        _wait(server, f"https://127.0.0.1:{secure}/readyz", token, directory / "server.log")
        kubeconfig = directory / "kubeconfig"
        kubeconfig.write_text(yaml.safe_dump(_kubeconfig(directory, secure, token)))
        yield kubeconfig


def _etcd(directory: Path, client: str, peer: str) -> list[str]:
    return [
        f"--data-dir={directory}/etcd",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",
    ]


def _server(directory: Path, etcd: str, port: int) -> list[str]:
    return [
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={directory}/certificates",
        f"--etcd-servers={etcd}",
        f"--token-auth-file={directory}/tokens.csv",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={directory}/accounts.key",
        f"--service-account-signing-key-file={directory}/accounts.key",
        "--service-cluster-ip-range=10.99.0.0/24",
        # Without controllers nobody makes the account that it would look for.
        "--disable-admission-plugins=ServiceAccount",
        # An endpoint on loopback is refused.
        "--endpoint-reconciler-type=none",
    ]


def _kubeconfig(directory: Path, port: int, token: str) -> dict[str, object]:
    # The server makes its certificate itself, and writes who signed it behind it.
    certificate = base64.b64encode((directory / "certificates/apiserver.crt").read_bytes()).decode()
    server = {"server": f"https://127.0.0.1:{port}", "certificate-authority-data": certificate}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "a", "cluster": server}],
        "users": [{"name": "a", "user": {"token": token}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "current-context": "a",
    }


@contextmanager
def running(log: Path, *argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program as long as the block does."""
    with log.open("wb") as output:
        process = subprocess.Popen(argv, stdout=output, stderr=output, env={"PATH": os.environ["PATH"]})
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: subprocess.Popen[bytes], url: str, token: str, log: Path) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, context=context, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no API server: {log.read_text()[-2000:]}")


def free_port() -> int:
    """Return a port on loopback that nobody listens to."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
