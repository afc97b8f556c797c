"""Makes a Debian root directory with the mirrors that this machine's apt uses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from shutil import rmtree
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.tools.process import ProgramFailed, ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from deployer.tools.process import Result, Runner

SUITE = "bookworm"
# Documentation and translations nobody reads in a container; dpkg leaves them out from then on.
_LEFT_OUT = ("usr/share/doc", "usr/share/info", "usr/share/locale", "usr/share/man")
_EMPTIED = (*_LEFT_OUT, "var/cache/apt", "var/lib/apt/lists", "var/log")
# What debootstrap takes over from this machine.
_REMOVED = ("etc/hostname", "etc/resolv.conf", "etc/apt/sources.list")
_UNSHARED = ("unshare", "--mount", "--propagation=private")


def mirror_argv() -> list[str]:
    """Return how apt is asked for the addresses that it reads Debian packages from."""
    return [
        "apt-get",
        "indextargets",
        "--format=$(CODENAME) $(COMPONENT) $(REPO_URI)",
        "Created-By: Packages",
    ]


def bootstrap_argv(directory: Path, mirror: str) -> list[str]:
    """Return how a minimal Debian is installed; its mounts vanish with it, however it ends."""
    return [*_UNSHARED, "debootstrap", "--variant=minbase", SUITE, str(directory), mirror]


@dataclass(frozen=True, kw_only=True)
class Debian:
    """Debian's package tools on this machine."""

    runner: Runner

    def mirror(self) -> str:
        """Return the address of this machine's Debian mirror.

        Raises:
            DeployerError: apt knows no Debian of the suite that the images are made of.
        """
        for line in self._run(mirror_argv()).stdout.splitlines():
            codename, component, address = line.split(maxsplit=2)
            if (codename, component) == (SUITE, "main"):
                return address
        raise DeployerError(
            f"apt on this machine has no packages of Debian {SUITE}",
            hint="build images on Debian 12, or install Docker and run `deployer local up --provider kind`",
        )

    def bootstrap(self, directory: Path) -> None:
        """Install a minimal Debian that carries nothing of this machine."""
        _prepare(directory)
        argv = bootstrap_argv(directory, self.mirror())
        try:
            self._run(argv)
        except ProgramFailed as error:
            # It is debootstrap that failed, not what keeps its mounts.
            raise ProgramFailed(replace(error.result, argv=tuple(argv[len(_UNSHARED) :]))) from error
        _slim(directory)

    def _run(self, argv: Sequence[str]) -> Result:
        try:
            return self.runner.run(argv)
        except ProgramMissing as error:
            raise ProgramMissing(error.name, hint="run `apt-get install buildah debootstrap`") from error


def _prepare(directory: Path) -> None:
    settings = directory / "etc/dpkg/dpkg.cfg.d/slim"
    settings.parent.mkdir(parents=True)
    settings.write_text("".join(f"path-exclude=/{path}/*\n" for path in _LEFT_OUT) + "force-unsafe-io\n")


def _slim(directory: Path) -> None:
    for name in _EMPTIED:
        for entry in (directory / name).iterdir():
            if entry.is_dir() and not entry.is_symlink():
                rmtree(entry)
            else:
                entry.unlink()
    for name in _REMOVED:
        (directory / name).unlink(missing_ok=True)
