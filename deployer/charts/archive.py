"""Unpacking chart packages, which come from elsewhere and are trusted with nothing."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path, PurePosixPath

from deployer.errors import DeployerError

MAX_BYTES = 100 * 1024 * 1024
"""Helm's own bound for an unpacked chart."""

MAX_FILES = 10_000


def extract(package: Path, directory: Path) -> None:
    """Write the files of a package into an existing directory, without the folder that holds them all.

    Raises:
        DeployerError: it is not a chart package, or it wants to be somewhere else or too large.
    """
    total = count = 0
    try:
        with tarfile.open(package, "r:gz") as archive:
            for member in archive:
                total, count = total + member.size, count + 1
                if total > MAX_BYTES or count > MAX_FILES:
                    raise DeployerError(f"chart package is too large to be one: {package}")
                if not member.isdir():
                    _write(archive, member, directory / _inside(member, package))
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise DeployerError(f"not a chart package: {package}: {error}") from error
    if not (directory / "Chart.yaml").is_file():
        raise DeployerError(f"not a chart package, it has no Chart.yaml: {package}")


def _inside(member: tarfile.TarInfo, package: Path) -> Path:
    path = PurePosixPath(member.name)
    parts = [part for part in path.parts if part != "."]
    harmless = (
        not path.is_absolute() and ".." not in parts and "\\" not in member.name and "\0" not in member.name
    )
    if not (member.isreg() and harmless and len(parts) > 1):
        raise DeployerError(f"chart package with an entry that can't be trusted: {package}: {member.name}")
    return Path(*parts[1:])


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    content = archive.extractfile(member)
    if content is None:
        raise DeployerError(f"chart package with an entry that can't be read: {member.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.read())
