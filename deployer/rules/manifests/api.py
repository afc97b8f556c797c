"""What the cluster's API server takes: the kinds of its version of Kubernetes, and what they consist of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import rule
from deployer.fleet.spelling import near
from deployer.rules.manifests.lifecycle import lifecycles
from deployer.rules.manifests.places import finding, is_placeholder
from deployer.rules.manifests.schemas import api, api_of, group_of, is_known, kind_of, known_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.rule import Finding
    from deployer.fleet.violations import Violation
    from deployer.rules.manifests.schemas import Api, Kind
    from deployer.rules.subjects import ReleaseObjects


@rule()
def api_schema(hub: ReleaseObjects) -> Iterator[Finding]:
    """Hold every object against the API of the cluster's own minor version of Kubernetes.

    Helm renders anything; what has the wrong type or lacks a key is refused by the API server, in the middle
    of a deploy. The schemas are those that Kubernetes publishes for the version, and come with the program.
    Nothing is said about custom resources, nor about what is encrypted.
    """
    served = api_of(hub.release)
    for thing in hub.objects:
        kind = kind_of(thing)
        if not all(kind):
            yield finding(hub, thing, "an object needs `apiVersion` and `kind`, as text")
        elif kind not in served.kinds:
            yield from _unknown_kind(hub, thing, kind)
        for violation in _violations(served, kind, thing):
            if violation.kind != "unknown key":
                yield finding(hub, thing, violation.about(violation.at), violation.at)


@rule("warning")
def unknown_field(hub: ReleaseObjects) -> Iterator[Finding]:
    """Question keys that the cluster's version of Kubernetes does not know: they have no effect.

    It is mostly a mistyped key, or one that a later version brings. The API server drops it with no more than
    a warning, for a deploy updates objects as Helm 3 does. Server-side apply, the default of Helm 4, would
    refuse it.
    """
    served = api_of(hub.release)
    for thing in hub.objects:
        for violation in _violations(served, kind_of(thing), thing):
            if violation.kind == "unknown key":
                message = f"{violation.about(violation.at)}; Kubernetes drops it"
                yield finding(hub, thing, message, violation.at)


RULES = (api_schema, unknown_field)


def _violations(served: Api, kind: Kind, thing: Mapping[str, Any]) -> Iterator[Violation]:
    if kind not in served.kinds or served.fits(kind, thing):
        return
    for violation in served.violations(kind, thing):
        if not (isinstance(violation.value, str) and is_placeholder(violation.value)):
            yield violation


def _unknown_kind(hub: ReleaseObjects, thing: Mapping[str, Any], kind: Kind) -> Iterator[Finding]:
    """Return what is wrong with a kind that the API does not have, unless it is a custom resource."""
    version = hub.release.cluster.kubernetes_version
    served = api_of(hub.release)
    ends = lifecycles().get(kind)
    gone = ends is not None and ends.removed is not None and ends.removed <= served.minor
    if is_known(version) and group_of(kind[0]) in served.groups and not gone:
        message = f"Kubernetes {version} has no kind `{kind[1]}` in `{kind[0]}`"
        yield finding(hub, thing, f"{message}{_advice(served, kind)}", ("kind",))


def _advice(served: Api, kind: Kind) -> str:
    later = (minor for minor in known_versions() if minor > served.minor and kind in api(minor).kinds)
    since = next(later, None)
    if since:
        return f"; 1.{since} brings it"
    elsewhere = served.newest(kind[1])
    if elsewhere:
        return f": write `apiVersion: {elsewhere}`"
    close = near(kind[1], [name for version, name in served.kinds if version == kind[0]])
    return f", did you mean `{close}`?" if close else ""
