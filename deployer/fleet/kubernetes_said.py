"""Which version of Kubernetes a cluster has, by what its files say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.fleet.kubernetes_support import minor
from deployer.fleet.model import Aws, Azure, Gcp

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster
    from deployer.fleet.positions import KeyPath

_CLOUDS = {Aws: "aws", Azure: "azure", Gcp: "gcp"}
_ASKED = ("infrastructure", "kubernetes_version")
_OWN = ("kubernetes_version",)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A minor version, and what says it: `outputs.yaml`, `infrastructure`, `cluster.yaml` or `org.yaml`.

    `at` is the path in cluster.yaml that says it or that it follows from.
    """

    where: str
    version: str
    at: KeyPath


def said(cluster: Cluster) -> tuple[Said, ...]:
    """Return what says a version; the first counts: what runs comes before what is asked for.

    config/org.yaml speaks for those clusters that ask for none themselves.
    """
    made = cluster.outputs.get("cluster")
    own = (
        ("outputs.yaml", made.get("version") if isinstance(made, Mapping) else None, _ASKED[:1]),
        ("infrastructure", cluster.document.value(_ASKED), _ASKED),
        ("cluster.yaml", cluster.document.value(_OWN), _OWN),
    )
    found = [
        Said(where=where, version=version, at=at)
        for where, value, at in own
        if (version := minor(_text(value))) is not None
    ]
    default = minor(cluster.organisation.kubernetes_version)
    if default and all(each.where == "outputs.yaml" for each in found):
        found.append(Said(where="org.yaml", version=default, at=("provider",)))
    return tuple(found)


def cloud(cluster: Cluster) -> str | None:
    """Return the cloud of a cluster: `aws`, `azure` or `gcp`; None when it is in none that we know."""
    return _CLOUDS.get(type(cluster.provider))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
