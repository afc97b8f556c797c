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
from deployer.tools.terraform import EVENTS, PLAN

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
_UNSAVED_STATE = "errored.tfstate"


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


def directory(session: Session, root: Path, name: str) -> Path:
    """Return where the Terraform of a fleet's cluster, or of something else in it, works.

    Another fleet on this machine may have a cluster of the same name: it must not find this one's state.
    """
    fleet = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:8]
    return session.state.absolute() / "infra" / fleet / name


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

    @contextmanager
    def set_aside(self) -> Iterator[str]:
        """Keep a local state as a copy that nothing reads, and yield its name; an error brings it back."""
        state, copy = self.path / _LOCAL_STATE, f"{_LOCAL_STATE}.moved"
        state.rename(self.path / copy)
        try:
            yield copy
        except BaseException:
            (self.path / copy).rename(state)
            raise

    @property
    def unsaved(self) -> Path | None:
        """The state that Terraform left here when it could not save it where it belongs."""
        state = self.path / _UNSAVED_STATE
        return state if state.is_file() else None

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
    place: Path, source: Path, variables: Mapping[str, Any], backend: Mapping[str, Any]
) -> Iterator[Workspace]:
    """Yield a directory filled with a module, its variables and its backend. A plan does not stay in it.

    Raises:
        DeployerError: another run of ours is at work in it.
    """
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.chmod(0o700)  # it holds secrets, and may be an older one
    except OSError as error:
        raise DeployerError(
            f"there is no place to work in: {place}: {error.strerror}",
            hint="mend its permissions, or set `DEPLOYER_STATE` to a directory of yours",
        ) from error
    with _alone(place):
        for old in place.iterdir():
            if old.is_symlink():
                old.unlink()
        for file in source.iterdir():
            if file.suffix in (".tf", ".tftpl"):
                (place / file.name).symlink_to(file.resolve())
        _write(place / _VARIABLES, variables)
        try:
            yield Workspace(path=place, backend=backend).use(backend)
        finally:
            for secret in (PLAN, EVENTS):
                (place / secret).unlink(missing_ok=True)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    handle = os.open(place, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeployerError(
                f"another `deployer infra` is at work on {place.name} on this machine",
                hint="try again when it has ended",
            ) from None
        yield
    finally:
        os.close(handle)
