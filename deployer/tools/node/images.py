"""Container images on the node: what containerd has, and how archives get into it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING

from deployer.tools.node.configuration import CONTAINERD_SOCKET, PAUSE_IMAGE
from deployer.tools.node.namespaces import inside_argv

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.tools.node.namespaces import Process
    from deployer.tools.process import Runner


def ctr_argv(*arguments: str) -> tuple[str, ...]:
    """Return a command to containerd about the images that Kubernetes sees."""
    return ("ctr", f"--address={CONTAINERD_SOCKET}", "--namespace=k8s.io", *arguments)


def load(anchor: Process, archive: Path, runner: Runner) -> None:
    """Import the images of a docker or OCI archive."""
    # The archive's path may not exist inside; its open file does.
    with_stdin = ("sh", "-c", 'exec "$@" <"$0"', str(archive))
    runner.run((*with_stdin, *inside_argv(anchor, ctr_argv("images", "import", "-"))))


def loaded(anchor: Process, runner: Runner) -> frozenset[str]:
    """Return the names of the images that the node has."""
    result = runner.run(inside_argv(anchor, ctr_argv("images", "list", "--quiet")))
    return frozenset(result.stdout.split())


def write_pause_archive(program: Path, archive: Path) -> None:
    """Write the image that holds a pod's namespaces as a docker archive."""
    write_archive(program, archive, image=PAUSE_IMAGE)


def write_archive(program: Path, archive: Path, *, image: str) -> None:
    """Write an image of a single program that needs nothing beside it as a docker archive."""
    layer = _tar({program.name: (program.read_bytes(), 0o755)})
    digest = hashlib.sha256(layer).hexdigest()
    config = {
        "architecture": _architecture(),
        "os": "linux",
        "config": {"Entrypoint": [f"/{program.name}"], "User": "65535:65535"},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [image], "Layers": ["layer.tar"]}]
    files = {
        "layer.tar": layer,
        "config.json": json.dumps(config).encode(),
        "manifest.json": json.dumps(manifest).encode(),
    }
    archive.write_bytes(_tar({name: (content, 0o644) for name, content in files.items()}))


def _architecture() -> str:
    import platform

    machine = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _tar(files: dict[str, tuple[bytes, int]]) -> bytes:
    """Return a tar archive of files and their modes; the same files give the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, (content, mode) in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
