"""Archive home directories on a volume that users share; remove one only when its archive is proved.

    archive_homes.py archive|remove PLAN

PLAN is a compressed JSON file with the `stamp` that new archives get, the `directory` for them, a path below
each root, and a list `places`, each with its `root` and the list `homes`: path below it, name of the user.

An archive is written beside its final name, read back whole and compared with what was read of the home. Only
then does it get its name, and a record with its digest and what the home looked like. Removing asks for both
again: the archive as it was recorded, the home as it was archived. What was done is found the next time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import stat
import sys
import tarfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]

_CHUNK = 1 << 20
_RECORDED = {"home", "archive", "made", "sha256", "look"}
_UNFINISHED, _LEAVING = ".unfinished", ".leaving"


class Refused(Exception):
    """What speaks against archiving or removing one home, in words."""


class Hashed:
    """A file that is read once from its beginning, and the digest of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes at most, all that are left by default."""
        data = self.file.read(size)
        self.digest.update(data)
        return data


def main(mode: str, plan: str) -> int:
    """Do one of the two steps; return the exit status. What became of each home is the last line, as JSON."""
    content = json.loads(gzip.decompress(Path(plan).read_bytes()))
    work = {"archive": archived, "remove": removed}[mode]
    results = []
    for number, place in enumerate(content["places"]):
        root, archives = Path(place["root"]), Path(place["root"], content["directory"])
        for home, user in place["homes"]:
            try:
                refuse_link(root, archives)
                told = work(root, home, user, archives, content["stamp"])
            except (Refused, OSError, ValueError, tarfile.TarError, EOFError, zlib.error) as error:
                told = {"status": "failed", "message": said_of(error)}
            results.append({"place": number, "home": home, "user": user, **told})
            said(f"{home}: {told['status']}")
        if archives.is_dir() and not leads_elsewhere(root, archives):
            for left in (*archives.glob(f"*{_UNFINISHED}"), *archives.glob(f"*{_LEAVING}")):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    said(f"result: {json.dumps({'homes': results})}")
    return 0


def leads_elsewhere(root: Path, path: Path) -> bool:
    """Tell whether there is a link on the way from a root to a path below it."""
    return path.resolve() != root.resolve() / path.relative_to(root)


def refuse_link(root: Path, archives: Path) -> None:
    """Refuse a directory for archives that leads elsewhere, where others may read or change them."""
    if leads_elsewhere(root, archives):
        raise Refused("the directory for archives is a link, or in one")


def archived(root: Path, home: str, user: str, archives: Path, stamp: str) -> Record:
    """Archive a home, unless that was done and the home is as it was."""
    record = newest_record(archives, home)
    if not os.path.lexists(root / home):
        if record is None:
            return {"status": "absent"}
        return {**record, "status": "removed"}
    look = looks(root / home)
    if record and record["look"] == look and (archives / record["archive"]).is_file():
        return {**record, "status": "archived already"}
    archives.mkdir(mode=0o700, parents=True, exist_ok=True)
    need_room(root / home, archives)
    name = f"{quote(home, safe='')}.{stamp}.tar.gz"
    unfinished = archives / f"{name}{_UNFINISHED}"
    members, skipped = written(root / home, unfinished)
    digest = proved(unfinished, members)
    if looks(root / home) != look:
        raise Refused("it was changed while it was archived")
    unfinished.replace(archives / name)
    sync(archives)
    record = {
        "user": user,
        "home": home,
        "archive": name,
        "made": stamp,
        "sha256": digest,
        "bytes": (archives / name).stat().st_size,
        "home_bytes": sum(member["size"] for member in members),
        "files": len(members),
        "skipped": skipped,
        "look": look,
    }
    write_record(archives, record)
    return {**record, "status": "archived"}


def removed(root: Path, home: str, _user: str, archives: Path, stamp: str) -> Record:
    """Remove a home whose archive is what it was, and which itself is what it was then."""
    record = newest_record(archives, home)
    if record is None:
        raise Refused("it has no archive")
    if not os.path.lexists(root / home):
        return {**record, "status": "removed"}
    if digest_of(archives / record["archive"]) != record["sha256"]:
        raise Refused(f"its archive is not what it was: {record['archive']}")
    if looks(root / home) != record["look"]:
        raise Refused("it was changed since it was archived")
    leaving = archives / f"{record['archive']}{_LEAVING}"
    # A name at which nobody looks for a home: what is removed halfway is not taken for one.
    (root / home).rename(leaving)
    sync(archives)
    shutil.rmtree(leaving)
    record = {**record, "removed": stamp}
    write_record(archives, record)
    return {**record, "status": "removed"}


def written(home: Path, archive: Path) -> tuple[list[Record], list[str]]:
    """Write an archive; return its members with their digests, and what cannot be in one."""
    members, skipped = [], []
    descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
            for path, name in entries(home):
                if stat.S_ISSOCK(path.lstat().st_mode):
                    skipped.append(name)
                    continue
                info = tar.gettarinfo(path, arcname=name)
                digest = add(tar, info, path)
                members.append(member_of(info, digest))
        file.flush()
        os.fsync(file.fileno())
    return members, skipped


def add(tar: tarfile.TarFile, info: tarfile.TarInfo, path: Path) -> str | None:
    """Add one member; return the digest of its content, None when it has none."""
    if not info.isreg():
        tar.addfile(info)
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        content = Hashed(file)
        tar.addfile(info, content)
    return content.digest.hexdigest()


def proved(archive: Path, members: list[Record]) -> str:
    """Read an archive whole, and compare it with what was put into it; return its digest."""
    found = []
    with archive.open("rb") as file:
        raw = Hashed(file)
        with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:  # type: ignore[call-overload]  # it only reads
            with tarfile.open(fileobj=unpacked, mode="r|") as tar:
                for info in tar:
                    digest = None
                    if info.isreg():
                        content = Hashed(tar.extractfile(info))  # type: ignore[arg-type]  # a file has one
                        while content.read(_CHUNK):
                            pass
                        digest = content.digest.hexdigest()
                    found.append(member_of(info, digest))
            while unpacked.read(_CHUNK):  # to its checksum
                pass
        while raw.read(_CHUNK):
            pass
    if found != members:
        raise Refused("its archive is not what was written")
    return raw.digest.hexdigest()


def member_of(info: tarfile.TarInfo, digest: str | None) -> Record:
    """Return what must be the same of a member that is written and read."""
    return {
        "name": info.name,
        "type": info.type.decode(),
        "size": info.size if info.isreg() else 0,
        "mode": info.mode & 0o7777,
        "owner": [info.uid, info.gid],
        "link": info.linkname,
        "digest": digest,
    }


def entries(home: Path) -> Iterator[tuple[Path, str]]:
    """Yield everything of a home with its name in the archive, directories before what is in them."""
    if home.is_symlink() or not home.is_dir():
        raise Refused("it is no directory")
    yield home, home.name
    pending = [(home, home.name)]
    while pending:
        directory, name = pending.pop()
        for entry in sorted(os.scandir(directory), key=lambda entry: entry.name):
            path, inner = Path(entry.path), f"{name}/{entry.name}"
            yield path, inner
            if entry.is_dir(follow_symlinks=False):
                pending.append((path, inner))


def looks(home: Path) -> str:
    """Return a digest of what a home looks like, which any change of it changes; contents are not read."""
    digest = hashlib.sha256()
    for path, name in entries(home):
        found = path.lstat()
        size = found.st_size if stat.S_ISREG(found.st_mode) else 0
        parts = (name, found.st_mode, found.st_uid, found.st_gid, size, found.st_mtime_ns)
        link = os.readlink(path) if stat.S_ISLNK(found.st_mode) else ""  # noqa: PTH115 as it is
        digest.update(repr((*parts, link)).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def need_room(home: Path, archives: Path) -> None:
    """Refuse what may not fit, for homes of others would be full."""
    needed = sum(path.lstat().st_size for path, _name in entries(home))
    free = shutil.disk_usage(archives).free
    if needed > free:
        raise Refused(f"no room for its archive: {needed} bytes, {free} are free")


def newest_record(archives: Path, home: str) -> Record | None:
    """Return what is recorded of a home's newest archive."""
    paths = archives.glob("*.json") if archives.is_dir() else ()
    found = [record_in(path) for path in paths if path.name.startswith(quote(home, safe=""))]
    mine = [record for record in found if record.get("home") == home]
    return max(mine, key=lambda record: str(record["made"]), default=None)


def record_in(path: Path) -> Record:
    """Return what a file of JSON holds, nothing when it is something else than a record."""
    try:
        content = json.loads(path.read_text())
    except ValueError:
        return {}
    return content if isinstance(content, dict) and content.keys() >= _RECORDED else {}


def write_record(archives: Path, record: Record) -> None:
    """Have a record on the disk, whole."""
    path = archives / f"{record['archive'].removesuffix('.tar.gz')}.json"
    beside = path.with_name(f"{path.name}{_UNFINISHED}")
    with beside.open("w") as file:
        json.dump(record, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync(archives)


def digest_of(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        content = Hashed(file)
        while content.read(_CHUNK):
            pass
    return content.digest.hexdigest()


def sync(directory: Path) -> None:
    """Have a directory's entries on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def said_of(error: Exception) -> str:
    """Return in words what went wrong with a home."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def said(line: str) -> None:
    """Write a line that can be read at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
