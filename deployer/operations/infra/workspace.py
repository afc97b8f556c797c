"""The private directory in which a cluster's Terraform works.

It holds links to the root module's files, the variables and the backend's settings, so that addresses carry
no prefix and nothing is written into the fleet. It stays for the next run: the providers are there by then.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.model import Aws, Azure, Gcp
from deployer.fleet.shipped import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from deployer.fleet.model import Cluster, Provider
    from deployer.session import Session

_MODULES: dict[type[Provider], str] = {Aws: "aws", Azure: "azure", Gcp: "gcp"}
_VARIABLES = "terraform.tfvars.json"
_BACKEND = "backend.tf.json"
_READY = ".ready"
"""Says for which program, module and lock `init` was run last."""
_LOCAL_STATE = "terraform.tfstate"


def module(root: Path, name: str) -> Path:
    """Return the directory of a Terraform root module: the fleet's own, else ours."""
    for place in places(root, "terraform"):
        if (place / name / "versions.tf").is_file():
            return place / name
    raise DeployerError(
        f"there is no Terraform module {name}",
        hint="infrastructure can be built on `aws` and `gcp`: terraform/aws, terraform/gcp",
    )


def module_name(cluster: Cluster) -> str:
    """Return the name of the module that builds a cluster."""
    return _MODULES[type(cluster.provider)]


def directory(session: Session, name: str) -> Path:
    """Return where the Terraform of a cluster, or of something else, works."""
    return session.state.absolute() / "infra" / name


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A directory in which Terraform works, filled. `backend` is where the state is to be kept."""

    path: Path
    backend: Mapping[str, Any]

    def is_ready(self, program: str) -> bool:
        """Say whether program, module, lock and backend are those of the last `init`."""
        ready = self.path / _READY
        return ready.is_file() and ready.read_text() == self._digest(program)

    def is_ready_now(self, program: str) -> None:
        """Remember what `init` was run for."""
        (self.path / _READY).write_text(self._digest(program))

    @property
    def keeps_state_here(self) -> bool:
        """Say whether a state with something in it is in this directory, of before it had another place."""
        state = self.path / _LOCAL_STATE
        return state.is_file() and bool(json.loads(state.read_text() or "{}").get("resources"))

    def set_aside(self) -> None:
        """Keep a local state that is somewhere else now as a copy, which nothing reads."""
        (self.path / _LOCAL_STATE).rename(self.path / f"{_LOCAL_STATE}.moved")

    def use(self, backend: Mapping[str, Any]) -> Workspace:
        """Let the state be kept somewhere else from the next `init` on."""
        _write(self.path / _BACKEND, {"terraform": {"backend": backend}})
        return replace(self, backend=backend)

    def _digest(self, program: str) -> str:
        names = [*sorted(path.name for path in self.path.glob("*.tf")), ".terraform.lock.hcl", _BACKEND]
        files = [self.path / name for name in names]
        parts = [
            program,
            *(f"{file.name}\0{file.read_text(encoding='utf-8')}" for file in files if file.exists()),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@contextmanager
def workspace(
    session: Session, name: str, source: Path, variables: Mapping[str, Any], backend: Mapping[str, Any]
) -> Iterator[Workspace]:
    """Yield a directory filled with a module, its variables and its backend.

    Raises:
        DeployerError: another run of ours is at work in it.
    """
    place = directory(session, name)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(place, name):
        for old in place.iterdir():
            if old.is_symlink():
                old.unlink()
        for file in source.iterdir():
            if file.suffix in (".tf", ".tftpl"):
                (place / file.name).symlink_to(file.resolve())
        _write(place / _VARIABLES, variables)
        yield Workspace(path=place, backend=backend).use(backend)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


@contextmanager
def _alone(place: Path, name: str) -> Iterator[None]:
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise DeployerError(
            f"another `deployer infra` is at work on {name} on this machine",
            hint="try again when it has ended",
        ) from None
    finally:
        os.close(handle)
