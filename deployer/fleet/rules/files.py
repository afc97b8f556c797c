"""The files of hubs and clusters: listed, and encrypted when and only when they should be."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from deployer.fleet.documents import Document
from deployer.fleet.encrypted import looks_encrypted
from deployer.fleet.rule import Finding, rule
from deployer.fleet.rules.places import hubs, listed_files
from deployer.fleet.subjects import in_hub
from deployer.fleet.violations import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Cluster, Fleet, Hub, ValuesFile
    from deployer.fleet.positions import KeyPath

_VALUES = (".values.yaml", ".values.yml")
_READABLE = (".yaml", ".yml", ".json", ".env", ".ini")


@rule()
def plain_secret(fleet: Fleet) -> Iterator[Finding]:
    """Want a file to be encrypted when its name says so: `enc-...`, or `.secret.` in it.

    Whoever can read the repository, and all of its history, could read what is in it. Files count that no hub
    lists, too. A value that was typed into an encrypted file is as plain, and sops refuses the file.
    """
    read = {document.path: document for document in fleet.documents}
    for path in dict.fromkeys([*read, *_beside(fleet), *_token_file(fleet)]):
        if not _promises_secret(path.name):
            continue
        document = read.get(path) or _unread(fleet, path)
        plain = document.data and not document.encrypted if path in read else not looks_encrypted(path)
        if plain:
            message = "not encrypted, although its name says so: run `sops --encrypt --in-place` on it"
            yield Finding(document, (), message)
    for document in fleet.documents:
        for at in document.exposed:
            message = "is plain in an encrypted file, which cannot be decrypted so: write it with `sops edit`"
            yield Finding(document, at, f"`{shown(at)}` {message}")


@rule()
def encrypted_value(fleet: Fleet) -> Iterator[Finding]:
    """Refuse encrypted values where nothing decrypts them.

    Only files of values, domain overrides and credentials may be encrypted, each as a whole: sops writes what
    it needs for decrypting into the file. An encrypted value that was copied into another file reaches the
    hub as it is.
    """
    secret = {file.document.name for file in listed_files(fleet)}
    for document in fleet.documents:
        if document.encrypted and document.name not in secret:
            yield Finding(document, (), "this file must be plain: run `sops --decrypt --in-place` on it")
        elif not document.encrypted:
            for at in (at for at, value in document.unusual if isinstance(value, str)):
                message = "is encrypted, and nothing decrypts it here: move it into a file that sops encrypts"
                yield Finding(document, at, f"`{shown(at)}` {message}")


@rule("warning")
def unlisted_values(fleet: Fleet) -> Iterator[Finding]:
    """Want every `*.values.yaml` beside a cluster.yaml to be listed by somebody.

    Who edits one that is not listed waits for an effect that never comes.
    """
    if not fleet.whole:
        return
    listed = {
        path for cluster in fleet.clusters for at in _lists(cluster) for _, path in _listed(cluster, at)
    }
    unclear = {cluster.directory for cluster in fleet.clusters if not _says_lists(cluster)}
    if unclear:
        unclear.add(fleet.root / "config" / "clusters")
    for path in _beside(fleet):
        if path.name.endswith(_VALUES) and str(path) not in listed and path.parent not in unclear:
            message = "nobody lists this file: add it to `helm_chart_values_files`, or remove it"
            yield Finding(_unread(fleet, path), (), message)


@rule("warning")
def listed_twice(fleet: Fleet) -> Iterator[Finding]:
    """Question a values file that a hub lists twice: the second time it overrides what stands between."""
    for cluster in fleet.clusters:
        for at in _lists(cluster):
            seen = set()
            for index, path in _listed(cluster, at):
                if path in seen:
                    subject, _ = in_hub(cluster.document.data, at)
                    message = f"{subject}`{Path(path).name}` is listed twice: remove one"
                    yield Finding(cluster.document, (*at, index), message)
                seen.add(path)


@rule()
def domain_override(fleet: Fleet) -> Iterator[Finding]:
    """Want a domain override file to say which domain."""
    for hub in hubs(fleet):
        for file in _override(hub):
            if not isinstance(file.document.value(("domain",)), str):
                yield Finding(file.document, (), "missing key `domain`: the host name for now")


RULES = (plain_secret, encrypted_value, unlisted_values, listed_twice, domain_override)


def _lists(cluster: Cluster) -> Iterator[KeyPath]:
    for at in (("support",), *(hub.at for hub in cluster.hubs)):
        yield (*at, "helm_chart_values_files")


def _says_lists(cluster: Cluster) -> bool:
    """Say whether a cluster.yaml is as far right as to tell which files it lists."""
    data = cluster.document.data
    hubs = data.get("hubs", [])
    owners = [data.get("support", {}), *(hubs if isinstance(hubs, list) else [None])]
    return bool(data) and all(
        isinstance(owner, dict) and isinstance(owner.get("helm_chart_values_files", []), list)
        for owner in owners
    )


def _listed(cluster: Cluster, at: KeyPath) -> Iterator[tuple[int, str]]:
    """Yield the files of a list, whether they can be used or not, with their place in it."""
    entries = cluster.document.value(at)
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        name = entry.get("file") if isinstance(entry, dict) else entry
        if isinstance(name, str):
            yield index, os.path.normpath(os.path.join(cluster.directory, name))  # noqa: PTH118 as text


def _beside(fleet: Fleet) -> list[Path]:
    """Return the files beside each cluster.yaml, and those that clusters share."""
    directories = [cluster.directory for cluster in fleet.clusters]
    if fleet.whole:
        directories.append(fleet.root / "config" / "clusters")
    found = []
    for directory in directories:
        # A cluster that is only described yet has no directory. What cannot be looked into is told where its
        # cluster.yaml cannot be read.
        with suppress(FileNotFoundError, PermissionError), os.scandir(directory) as entries:
            found += sorted(directory / entry.name for entry in entries if _is_file(entry))
    return found


def _token_file(fleet: Fleet) -> tuple[Path, ...]:
    """Return the file that has the way into the central Grafana, if there is one."""
    grafana = fleet.organisation.grafana
    return (grafana.token_file,) if grafana and grafana.token_file else ()


def _is_file(entry: os.DirEntry[str]) -> bool:
    # Links are followed last: that takes time, and a circle of them is no file.
    return entry.is_file(follow_symlinks=False) or Path(entry).is_file()


def _promises_secret(name: str) -> bool:
    return name.endswith(_READABLE) and (name.startswith("enc-") or ".secret." in name)


def _unread(fleet: Fleet, path: Path) -> Document:
    return Document(path=path, name=path.relative_to(fleet.root).as_posix(), data={})


def _override(hub: Hub) -> tuple[ValuesFile, ...]:
    return (hub.domain_override,) if hub.domain_override else ()
