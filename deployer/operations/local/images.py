"""Builds the container images of a directory `images` into archives, on machines without a registry."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.interruption import Interruption
from deployer.operations.local import package_indexes
from deployer.progress import step
from deployer.tools.buildah import Buildah
from deployer.tools.debian import Debian
from deployer.tools.process import Programs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.session import Session

BASE = "debian:bookworm-slim"
"""What every Dockerfile starts from: Docker's own where Docker builds, ours where buildah does."""

_BASE_RECIPE = "1"
_NEEDED_SPACE = 3e9
"""Bytes that building takes at its height: the files of three images, their packages, their archives."""
_SUBJECT = "image {}"


@dataclass(frozen=True, kw_only=True)
class BuiltImage:
    """An image in a docker-archive. `tag` changes with the content of its build context and its base."""

    name: str
    tag: str
    archive: Path

    @property
    def reference(self) -> str:
        """The name with the tag, as a pod's `image` says it."""
        return f"{self.name}:{self.tag}"


def planned(session: Session, root: Path) -> dict[str, BuiltImage]:
    """Return the images of `root/images` as they will be called, by the name of their directory."""
    contexts = sorted(path.parent for path in (root / "images").glob("*/Dockerfile"))
    if not contexts:
        raise DeployerError(f"no images to build: {root / 'images'} has no `*/Dockerfile`")
    return {context.name: _planned(session.cache / "images", context) for context in contexts}


def build(session: Session, root: Path) -> dict[str, BuiltImage]:
    """Build the images of `root/images` that are not in the cache yet; return all, by directory name.

    An archive appears in the cache when it is complete. Two runs at once take turns.

    Raises:
        ProgramMissing: buildah or debootstrap is not installed.
        ProgramFailed: a step of a Dockerfile failed.
        Interrupted: the user asked to stop; nothing half-done is left.
    """
    images = planned(session, root)
    if any(not image.archive.exists() for image in images.values()):
        with _turn(session):
            missing = {name: image for name, image in images.items() if not image.archive.exists()}
            _build_missing(session, root / "images", missing)
    return images


def _planned(directory: Path, context: Path) -> BuiltImage:
    tag = _content_hash(context)
    return BuiltImage(
        name=f"localhost/deployer-{context.name}", tag=tag, archive=directory / f"{context.name}-{tag}.tar"
    )


def _content_hash(context: Path) -> str:
    digest = hashlib.sha256(f"{BASE} {_BASE_RECIPE}\n".encode())
    for path in sorted(context.rglob("*")):
        if path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            executable = os.access(path, os.X_OK)
            digest.update(f"{path.relative_to(context)} {executable} {content}\n".encode())
    return digest.hexdigest()[:12]


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    """Wait until no other run builds."""
    lock = session.cache / "images" / ".lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        waiting = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waiting:
                    session.progress.noted("images", "another run builds images; waiting for it")
                waiting = True
                session.interruption.sleep(0.5)
        yield


def _build_missing(session: Session, contexts: Path, missing: dict[str, BuiltImage]) -> None:
    if not missing:
        return
    _check_space(session.cache)
    programs = Programs(environ=session.environ, interruption=session.interruption)
    buildah = Buildah(storage=session.cache / "buildah" / _BASE_RECIPE, runner=programs)
    # What was asked to stop has stopped by then; tidying up must not be refused for the same reason.
    tidier = replace(buildah, runner=replace(programs, interruption=Interruption()))
    _tidy(session, tidier)
    try:
        if not buildah.has_image(BASE):
            with step(session.progress, _SUBJECT.format("base"), "install Debian"):
                _make_base(buildah, Debian(runner=programs))
        _build_side_by_side(session, buildah, contexts, missing)
    finally:
        _tidy(session, tidier)


def _check_space(cache: Path) -> None:
    free = shutil.disk_usage(cache).free
    if free < _NEEDED_SPACE:
        raise DeployerError(
            f"not enough space to build images: {free / 1e9:.1f} GB free in {cache}, "
            f"{_NEEDED_SPACE / 1e9:g} GB needed",
            hint="free some space, or let DEPLOYER_CACHE name a directory that has it",
        )


def _make_base(buildah: Buildah, debian: Debian) -> None:
    container = buildah.create()
    debian.bootstrap(Path(buildah.directory(container)))
    buildah.commit(container, BASE)


def _build_side_by_side(
    session: Session, buildah: Buildah, contexts: Path, missing: dict[str, BuiltImage]
) -> None:
    with ThreadPoolExecutor(max_workers=len(missing)) as pool:
        runs = [
            pool.submit(_build_one, session, buildah, contexts / name, image)
            for name, image in missing.items()
        ]
    for run in runs:
        run.result()


def _build_one(session: Session, buildah: Buildah, context: Path, image: BuiltImage) -> None:
    subject = _SUBJECT.format(context.name)
    work = _unfinished(session) / context.name
    work.mkdir(parents=True)
    unfinished = work / image.archive.name
    with step(session.progress, subject, "build"):
        mounts = package_indexes.copied(session.environ, work)
        buildah.build(context=context, reference=image.reference, archive=unfinished, mounts=mounts)
        unfinished.rename(image.archive)
        session.progress.noted(subject, f"{image.archive.stat().st_size / 1e6:.0f} MB")


def _tidy(session: Session, buildah: Buildah) -> None:
    """Remove what builds that did not end well have left."""
    buildah.clear()
    if _unfinished(session).exists():
        shutil.rmtree(_unfinished(session))


def _unfinished(session: Session) -> Path:
    return session.cache / "images" / "unfinished"
