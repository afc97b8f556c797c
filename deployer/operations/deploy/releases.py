"""What Helm remembers of a hub's release, and mending it after a deploy that was killed.

Helm keeps one Secret a revision. A run that is killed leaves its revision `pending-*`, and Helm then refuses
every further upgrade. The revision is marked failed in place; uninstalling, the usual advice, would delete
the hub's database volume.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.tools.kubernetes import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.tools.kubernetes import Api

PENDING = ("pending-install", "pending-upgrade", "pending-rollback")
KEPT = 10
"""Revisions of a release that are kept beside the good ones."""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One revision of a release. `secret` is the Secret that holds it."""

    number: int
    status: str
    secret: str


def revisions(api: Api, namespace: str, release: str) -> tuple[Revision, ...]:
    """Return the revisions of a release, oldest first; none when it was never installed."""
    selector = f"owner=helm,name={release}"
    # Only labels are wanted: the payloads are large, and hold every secret value of the release.
    found = api.metadata(_secrets(namespace), labelSelector=selector)
    return tuple(sorted((_revision(item) for item in found), key=lambda revision: revision.number))


def recover(api: Api, namespace: str, revision: Revision) -> bool:
    """Mark a pending revision failed; return False when it changed in the meantime.

    Call this only while holding the hub's Lease: a pending revision may belong to a deploy at work.
    """
    path = f"{_secrets(namespace)}/{revision.secret}"
    secret = api.get(path)
    if secret["metadata"]["labels"].get("status") not in PENDING:
        return False
    release = decoded(secret["data"]["release"])
    release["info"]["status"] = "failed"
    release["info"]["description"] = "interrupted; marked failed by deployer"
    secret["data"]["release"] = encoded(release)
    secret["metadata"]["labels"]["status"] = "failed"
    try:
        api.replace(path, secret)
    except Conflict:
        return False
    return True


def prune(api: Api, namespace: str, release: str, *, good: Iterable[int]) -> None:
    """Delete old revisions, but none that proved good and none of the newest `KEPT`."""
    kept = set(good)
    for revision in revisions(api, namespace, release)[:-KEPT]:
        if revision.number not in kept:
            try:
                api.delete(f"{_secrets(namespace)}/{revision.secret}")
            except NotFound:
                continue


def read(api: Api, namespace: str, revision: Revision) -> dict[str, Any]:
    """Return what Helm stored of a revision: its chart, configuration and manifest. It holds secrets."""
    return decoded(api.get(f"{_secrets(namespace)}/{revision.secret}")["data"]["release"])


def jupyterhub_major(release: dict[str, Any]) -> str | None:
    """Return the major version of a revision's jupyterhub chart, with which JupyterHub's database changes.

    Chart 2.x carries JupyterHub 3, 3.x JupyterHub 4, 4.x JupyterHub 5 (the chart's changelog).
    """
    for dependency in release["chart"]["metadata"].get("dependencies", ()):
        if dependency["name"] == "jupyterhub":
            return str(dependency["version"]).partition(".")[0]
    return None


def decoded(data: str) -> dict[str, Any]:
    """Decode Helm's storage: JSON, gzipped, in base64, in the Secret's own base64."""
    release: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(data))))
    return release


def encoded(release: dict[str, Any]) -> str:
    """Encode a revision as Helm stores it."""
    packed = gzip.compress(json.dumps(release, separators=(",", ":")).encode(), mtime=0)
    return base64.b64encode(base64.b64encode(packed)).decode()


def _revision(item: dict[str, Any]) -> Revision:
    labels = item["metadata"]["labels"]
    return Revision(
        number=int(labels["version"]), status=labels.get("status", "unknown"), secret=item["metadata"]["name"]
    )


def _secrets(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/secrets"
