"""The private directory in which a cluster's Terraform works.

It holds links to the root module's files, the variables and the backend's settings, so that addresses carry
no prefix and nothing is written into the fleet. It stays for the next run: the providers are there by then.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.model import Aws, Azure, Gcp
from deployer.fleet.shipped import places
from deployer.tools.terraform import EVENTS, PLAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from deployer.fleet.model import Cluster, Provider
    from deployer.session import Session

_MODULES: dict[type[Provider], str] = {Aws: "aws", Azure: "azure", Gcp: "gcp"}
_VARIABLES = "terraform.tfvars.json"
_BACKEND = "backend.tf.json"
_APPLIED = "applied.tf.json"
_READY = ".ready"
"""Says for which program, module and lock `init` was run last."""
_LOCAL_STATE = "terraform.tfstate"
_UNSAVED_STATE = "errored.tfstate"
_VARIABLE = re.compile(r'^\s*variable\s+"([^"]+)"', re.MULTILINE)
APPLIED = "applied"
"""The output, a sensitive one, by which a state knows the variables that were applied last."""


def module(root: Path, name: str) -> Path:
    """Return the directory of a Terraform root module: the fleet's own, else ours."""
    for place in places(root, "terraform"):
        if (place / name / "versions.tf").is_file():
            return place / name
    raise DeployerError(
        f"there is no Terraform module {name}",
        hint="infrastructure can be built on `aws`, `azure` and `gcp`, each by terraform/PROVIDER",
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

    @cached_property
    def declared(self) -> frozenset[str]:
        """The names of the module's variables."""
        texts = (path.read_text(encoding="utf-8") for path in self.path.glob("*.tf"))
        return frozenset(name for text in texts for name in _VARIABLE.findall(text))

    def give(self, variables: Mapping[str, Any]) -> None:
        """Let the module have these variables from now on."""
        _write(self.path / _VARIABLES, variables)

    def remember(self, variables: Iterable[str]) -> None:
        """Let the state know the values of these variables from the next `apply` on."""
        self._tell({name: f"${{var.{name}}}" for name in variables if name in self.declared})

    def remember_still(self, applied: Mapping[str, Any] | None) -> None:
        """Let the state know what it does, whatever the variables are; nothing when it knows nothing."""
        if applied is None:
            (self.path / _APPLIED).unlink(missing_ok=True)
        else:
            self._tell(_literally(applied))

    def _tell(self, value: Any) -> None:
        _write(self.path / _APPLIED, {"output": {APPLIED: {"sensitive": True, "value": value}}})

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
        (place / _APPLIED).unlink(missing_ok=True)
        filled = Workspace(path=place, backend=backend).use(backend)
        filled.give(variables)
        try:
            yield filled
        finally:
            for secret in (PLAN, EVENTS):
                (place / secret).unlink(missing_ok=True)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _literally(value: Any) -> Any:
    """Return a value as a .tf.json has it: its texts are no templates."""
    if isinstance(value, Mapping):
        return {_literally(key): _literally(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_literally(each) for each in value]
    return value.replace("${", "$${").replace("%{", "%%{") if isinstance(value, str) else value


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
