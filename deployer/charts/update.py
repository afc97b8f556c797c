"""New pins for a chart: what its repositories offer, as Chart.lock and recorded hashes say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from deployer.charts import files, lock
from deployer.charts.archive import extract
from deployer.charts.hashes import HASHES, hashes_text, read_hashes
from deployer.errors import DeployerError, Interrupted
from deployer.progress import step

if TYPE_CHECKING:
    from datetime import datetime

    from deployer.session import Session
    from deployer.tools.helm import Helm

Wanted = Mapping[str, Any]
"""A dependency as a Chart.yaml writes it."""


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """What a repository offers for a dependency: an exact version, and the hash of a package."""

    name: str
    version: str
    sha256: str | None

    @property
    def hashes(self) -> dict[str, str]:
        """The hash by the package's file name; none for a chart that is part of the fleet."""
        return {f"{self.name}-{self.version}.tgz": self.sha256} if self.sha256 else {}


@dataclass(frozen=True, kw_only=True)
class Pins:
    """The new content of the files that pin a chart's packages, and why any package could not be had."""

    texts: Mapping[Path, str]
    unavailable: Mapping[str, str]

    @property
    def changed(self) -> tuple[Path, ...]:
        """The files that say something else now."""
        return tuple(path for path, text in self.texts.items() if _text(path) != text)

    def write(self) -> None:
        """Write the files."""
        for path in self.changed:
            path.write_text(self.texts[path], encoding="utf-8")


def pins(session: Session, file: Path, helm: Helm, *, override: bool, now: datetime) -> Pins:
    """Return the pins of a Chart.yaml; nothing is written yet.

    A package that can't be had keeps the version and the hash that are written down. An `override` has no
    Chart.lock, and shares its file of hashes with the overrides beside it.
    """
    wanted: list[dict[str, Any]] = files.read_mapping(file).get("dependencies") or []
    lock_file, hashes_file = file.parent / lock.LOCK, file.parent / HASHES
    recorded = read_hashes(hashes_file)
    unavailable: dict[str, str] = {}
    found: list[Pulled] = []
    for entry, run in zip(wanted, _pull_all(session, wanted, file, helm), strict=True):
        try:
            found.append(run.result())
        except Interrupted:
            raise
        except DeployerError as error:
            kept = _kept(entry, lock_file, recorded)
            unavailable[f"{kept.name} {kept.version}"] = error.message.splitlines()[-1]
            found.append(kept)
    hashes = dict(recorded) if override else {}
    for pulled in found:
        hashes |= pulled.hashes
    texts = {hashes_file: hashes_text(hashes_file, hashes)}
    if not override:
        texts[lock_file] = _lock_text(lock_file, wanted, found, now)
    return Pins(texts=texts, unavailable=unavailable)


def _pull_all(session: Session, wanted: Sequence[Wanted], file: Path, helm: Helm) -> list[Future[Pulled]]:
    with ThreadPoolExecutor(max_workers=max(len(wanted), 1)) as pool:
        return [pool.submit(_pull, session, entry, file, helm) for entry in wanted]


def _pull(session: Session, entry: Wanted, file: Path, helm: Helm) -> Pulled:
    name, repository = entry["name"], entry.get("repository") or ""
    folder = files.local_folder(repository, name, file.parent)
    if folder:
        metadata = files.read_mapping(folder / "Chart.yaml")
        return Pulled(name=name, version=str(metadata["version"]), sha256=None)
    with step(session.progress, name, "download"), TemporaryDirectory() as directory:
        place = Path(directory)
        for part in ("package", "content"):
            (place / part).mkdir()
        package = helm.pull(name, str(entry["version"]), repository, place / "package", home=place / "home")
        extract(package, place / "content")
        version = files.read_mapping(place / "content/Chart.yaml")["version"]
        return Pulled(name=name, version=str(version), sha256=files.digest(package))


def _kept(entry: Wanted, lock_file: Path, recorded: Mapping[str, str]) -> Pulled:
    locked = files.read_mapping(lock_file).get("dependencies") or [] if lock_file.exists() else []
    versions = {kept["name"]: str(kept["version"]) for kept in locked}
    name = entry["name"]
    version = versions.get(name, str(entry["version"]))
    return Pulled(name=name, version=version, sha256=recorded.get(f"{name}-{version}.tgz"))


def _lock_text(path: Path, wanted: Sequence[Wanted], found: Sequence[Pulled], now: datetime) -> str:
    """Return the lock; the one that is there as long as nothing but the time would differ."""
    versions = [pulled.version for pulled in found]
    new = lock.text(wanted, versions, generated=now.isoformat())
    old = _text(path)
    return old if old and _without_time(old) == _without_time(new) else new


def _without_time(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("generated:")]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
