"""A local cluster in Docker, made by the `kind` program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.tools.process import Programs

NAME = "deployer"
_WAIT = "180s"


def create_argv(kubeconfig: Path) -> tuple[str, ...]:
    """Return the command that makes the cluster and waits for its node."""
    return ("kind", "create", "cluster", f"--name={NAME}", f"--kubeconfig={kubeconfig}", f"--wait={_WAIT}")


def delete_argv(kubeconfig: Path) -> tuple[str, ...]:
    """Return the command that removes the cluster."""
    return ("kind", "delete", "cluster", f"--name={NAME}", f"--kubeconfig={kubeconfig}")


def load_argv(archive: Path) -> tuple[str, ...]:
    """Return the command that imports the images of an archive."""
    return ("kind", "load", "image-archive", str(archive), f"--name={NAME}")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The `kind` program. Which clusters exist is Docker's knowledge, so nothing is remembered here."""

    programs: Programs

    def obstacle(self) -> str | None:
        """Return what keeps kind from working here, in a few words, or None."""
        for program in ("docker", "kind"):
            if self.programs.find(program) is None:
                return f"{program} is not installed"
        answer = self.programs.run(("docker", "info", "--format={{.ServerVersion}}"), check=False, timeout=20)
        return None if answer.returncode == 0 else "no Docker engine answers (`docker info`)"

    def exists(self) -> bool:
        """Tell whether the cluster is there."""
        return NAME in self.programs.run(("kind", "get", "clusters")).stdout.split()

    def create(self, kubeconfig: Path) -> None:
        """Make the cluster and write its kubeconfig."""
        self.programs.run(create_argv(kubeconfig))

    def export_kubeconfig(self, kubeconfig: Path) -> None:
        """Write the kubeconfig of the cluster that is there."""
        self.programs.run(("kind", "export", "kubeconfig", f"--name={NAME}", f"--kubeconfig={kubeconfig}"))

    def delete(self, kubeconfig: Path) -> None:
        """Remove the cluster, if it is there."""
        self.programs.run(delete_argv(kubeconfig))

    def load(self, archive: Path) -> None:
        """Import the images of an archive."""
        self.programs.run(load_argv(archive))
