"""A real DNS server on this machine, with zones of a test."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PATIENCE = 60


@contextmanager
def serving(repository: Path, directory: Path, zones: Mapping[str, str]) -> Iterator[str]:
    """Serve zones, whose texts are without SOA and NS, by CoreDNS; yield where."""
    program = Path(os.environ.get("DEPLOYER_TOOLS", repository / ".tools/bin")) / "coredns"
    if not program.exists():
        pytest.skip("not built: .tools/bin/coredns")
    plugins = subprocess.run([program, "-plugins"], capture_output=True, text=True, check=True).stdout
    if "file" not in plugins.split():
        pytest.skip("built before it could serve zones: .tools/bin/coredns")
    port = _free_port()
    blocks = [f".:{port} {{\n  bind 127.0.0.1\n  errors\n}}\n"]
    for zone, text in zones.items():
        file = directory / f"{zone}.zone"
        file.write_text(f"$ORIGIN {zone}.\n$TTL 60\n@ SOA ns admin 1 60 60 60 60\n@ NS ns\n{text}")
        blocks.append(f"{zone}:{port} {{\n  bind 127.0.0.1\n  file {file}\n}}\n")
    (directory / "Corefile").write_text("".join(blocks))
    argv = [str(program), "-conf", str(directory / "Corefile"), "-quiet"]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(process, port)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("CoreDNS does not serve")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
