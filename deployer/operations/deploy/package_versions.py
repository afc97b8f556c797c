"""Which of two definitions of a resource is the newer one: a cluster's, or that of a package of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE = "deployer.dev/package"
"""An annotation that says of which package a definition is: `traefik 41.3.0`."""
_LABEL = "app.kubernetes.io/version"
_STAGES = {"alpha": 0, "beta": 1, "": 2}
_API_VERSION = re.compile(r"v([0-9]+)(?:(alpha|beta)([0-9]+))?")


def is_newer(there: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    """Say whether the definition in the cluster is newer than ours, which is not to take its place then.

    By the package's version, as a deploy or the package itself has written it there; where there is none, by
    the newest version of the API that each defines.
    """
    known, own = package_version(there), package_version(ours)
    if known and own:
        return known > own
    return max(_api_versions(there), default=()) > max(_api_versions(ours), default=())


def package_version(definition: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the numbers of the version that a definition says it is of, none when it says nothing."""
    metadata = definition["metadata"]
    stamped = (metadata.get("annotations") or {}).get(PACKAGE, "").rpartition(" ")[2]
    said = stamped or (metadata.get("labels") or {}).get(_LABEL, "")
    matched = re.fullmatch(r"v?([0-9]+(?:\.[0-9]+)*)(?:[-+].*)?", said)
    return tuple(int(part) for part in matched[1].split(".")) if matched else ()


def _api_versions(definition: Mapping[str, Any]) -> list[tuple[int, ...]]:
    """Return its API versions as Kubernetes orders them: v2, v1, v1beta1, v1alpha1."""
    names = (each["name"] for each in definition.get("spec", {}).get("versions", ()))
    found = [matched for name in names if (matched := _API_VERSION.fullmatch(name))]
    return [(_STAGES[each[2] or ""], int(each[1]), int(each[3] or 0)) for each in found]
