"""Builds container images without an engine and without a registry.

Buildah runs with a storage directory of its own and chroot isolation, which need neither a daemon nor
user namespaces; the vfs driver needs no mounts either, so nothing outlives a killed build but files.
"""

from __future__ import annotations

from dataclasses import dataclass
from shutil import rmtree
from typing import TYPE_CHECKING

from deployer.tools.process import ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from deployer.tools.process import Result, Runner


def buildah_argv(storage: Path, *arguments: str) -> list[str]:
    """Return how buildah is called on a storage directory."""
    places = ["--root", f"{storage}/root", "--runroot", f"{storage}/run"]
    return ["buildah", *places, "--storage-driver", "vfs", *arguments]


def build_argv(
    storage: Path, *, context: Path, reference: str, archive: Path, mounts: Mapping[str, Path]
) -> list[str]:
    """Return how a Dockerfile is built straight into a docker-archive.

    `mounts` are directories of this machine, by where the build's commands see them; they are no part of
    the image, and leave nothing in it when the base image has a directory at that place.
    """
    volumes = [f"--volume={source}:{target}" for target, source in mounts.items()]
    return buildah_argv(
        storage,
        "build",
        "--isolation=chroot",
        "--pull-never",
        "--format=docker",
        f"--tag=docker-archive:{archive}:{reference}",
        *volumes,
        str(context),
    )


@dataclass(frozen=True, kw_only=True)
class Buildah:
    """Buildah on one storage directory. Two builds may run at once; `clear` only when none does."""

    storage: Path
    runner: Runner

    def build(self, *, context: Path, reference: str, archive: Path, mounts: Mapping[str, Path]) -> None:
        """Build the Dockerfile in `context` into the new file `archive`.

        Raises:
            ProgramFailed: a step of the Dockerfile failed; its last lines are in the message.
        """
        self._run(
            build_argv(self.storage, context=context, reference=reference, archive=archive, mounts=mounts)
        )

    def has_image(self, name: str) -> bool:
        """Return whether the storage has an image of that name."""
        result = self._run(buildah_argv(self.storage, "inspect", "--type=image", name), check=False)
        return result.returncode == 0

    def create(self) -> str:
        """Make an empty container to be filled and committed, and return its id."""
        return self._run(buildah_argv(self.storage, "from", "scratch")).stdout.strip()

    def directory(self, container: str) -> str:
        """Return where the files of a container are."""
        return self._run(buildah_argv(self.storage, "mount", container)).stdout.strip()

    def commit(self, container: str, name: str) -> None:
        """Keep a container's files as an image, and remove the container."""
        self._run(buildah_argv(self.storage, "commit", "--rm", "--quiet", container, name))

    def clear(self) -> None:
        """Remove the working containers that builds left, for example those that were killed."""
        self._run(buildah_argv(self.storage, "rm", "--all"))
        rmtree(self._scratch)

    @property
    def _scratch(self) -> Path:
        return self.storage / "tmp"

    def _run(self, argv: Sequence[str], *, check: bool = True) -> Result:
        self._scratch.mkdir(parents=True, exist_ok=True)
        try:
            return self.runner.run(argv, env=_environment(self._scratch), check=check)
        except ProgramMissing as error:
            raise ProgramMissing(error.name, hint="run `apt-get install buildah debootstrap`") from error


def _environment(scratch: Path) -> dict[str, str]:
    # To root, buildah keeps a cache of blobs in /var/lib/containers whatever it is told; only a user's
    # is found through XDG_DATA_HOME. The variable changes where files go, not what a build may do.
    return {
        "TMPDIR": str(scratch),
        "XDG_DATA_HOME": str(scratch),
        "_CONTAINERS_ROOTLESS_UID": "1",
    }
