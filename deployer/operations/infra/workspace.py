"""The private directory in which a cluster's Terraform works.

It holds links to the root module's files, the variables and the backend's settings, so that addresses carry
no prefix and nothing is written into the fleet. It stays for the next run: the providers are there by then.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
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
"""Says for which module, lock and backend `init` was run last."""
_STATE = "terraform.tfstate"


def module(root: Path, cluster: Cluster) -> Path:
    """Return the directory of the Terraform root module for a cluster: the fleet's own, else ours."""
    name = _MODULES.get(type(cluster.provider))
    for place in places(root, "terraform"):
        if name and (place / name / "versions.tf").is_file():
            return place / name
    kind = type(cluster.provider).__name__.lower()
    raise DeployerError(
        f"{cluster.name}: there is no Terraform module for `provider: {kind}`",
        hint="infrastructure can be built on `aws`",
    )


def directory(session: Session, cluster: Cluster) -> Path:
    """Return where a cluster's Terraform works."""
    return session.state.absolute() / "infra" / cluster.name


@contextmanager
def workspace(
    session: Session, cluster: Cluster, source: Path, variables: Mapping[str, Any], backend: Mapping[str, Any]
) -> Iterator[Path]:
    """Yield the directory, filled; no other run of ours works in it meanwhile.

    Raises:
        DeployerError: another run is at work on this cluster.
    """
    place = directory(session, cluster)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(place, cluster.name):
        for old in place.iterdir():
            if old.is_symlink():
                old.unlink()
        for file in source.iterdir():
            if file.suffix in (".tf", ".tftpl") or file.name == ".terraform.lock.hcl":
                (place / file.name).symlink_to(file.resolve())
        _write(place / _VARIABLES, variables)
        _write(place / _BACKEND, {"terraform": {"backend": backend}})
        yield place


def needs_init(place: Path, program: str) -> bool:
    """Say whether modules, lock, backend or program are others than at the last `init`."""
    ready = place / _READY
    return not ready.is_file() or ready.read_text() != _digest(place, program)


def initialised(place: Path, program: str) -> None:
    """Remember what `init` was run for."""
    (place / _READY).write_text(_digest(place, program))


def remove(session: Session, cluster: Cluster) -> None:
    """Remove the directory of a cluster that is gone, unless its state is in it and has something left."""
    place = directory(session, cluster)
    state = place / _STATE
    if not state.exists() or not json.loads(state.read_text() or "{}").get("resources"):
        shutil.rmtree(place, ignore_errors=True)


def _digest(place: Path, program: str) -> str:
    names = [*sorted(path.name for path in place.glob("*.tf")), _BACKEND]
    parts = [program, *(f"{name}\0{(place / name).read_text(encoding='utf-8')}" for name in names)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


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
