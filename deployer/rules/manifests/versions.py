"""API versions that end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import rule
from deployer.rules.manifests.lifecycle import lifecycles
from deployer.rules.manifests.places import finding
from deployer.rules.manifests.schemas import api_of, kind_of, minor_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.rule import Finding
    from deployer.rules.manifests.lifecycle import Lifecycle
    from deployer.rules.manifests.schemas import Kind
    from deployer.rules.subjects import ReleaseObjects

_ALONE = {
    "ComponentStatus": "nothing takes its place",
    "PodSecurityPolicy": "label the namespace with a level of the Pod Security Standards",
}
"""What to do about kinds that nothing follows."""


@rule()
def removed_api(hub: ReleaseObjects) -> Iterator[Finding]:
    """Refuse API versions that the cluster's version of Kubernetes has no more.

    Helm would end with `no matches for kind`. When a version ends is told by Kubernetes' own sources and by
    the Deprecated API Migration Guide, https://kubernetes.io/docs/reference/using-api/deprecation-guide/.
    """
    minor = minor_of(hub.release.cluster.kubernetes_version)
    for thing in hub.objects:
        ends = lifecycles().get(kind_of(thing))
        if ends and ends.removed and ends.removed <= minor:
            message = f"Kubernetes 1.{ends.removed} removed `{thing['kind']}` from `{thing['apiVersion']}`"
            yield finding(hub, thing, f"{message}: {_instead(hub, kind_of(thing), ends)}", ("apiVersion",))


@rule("warning")
def deprecated_api(hub: ReleaseObjects) -> Iterator[Finding]:
    """Question API versions that a later version of Kubernetes will not have, or advises against.

    The cluster has them, until an upgrade or two from now.
    """
    minor = minor_of(hub.release.cluster.kubernetes_version)
    for thing in hub.objects:
        ends = lifecycles().get(kind_of(thing))
        if ends and ends.deprecated <= minor and (ends.removed is None or minor < ends.removed):
            until = f" and removed in 1.{ends.removed}" if ends.removed else ""
            what = f"`{thing['kind']}` in `{thing['apiVersion']}`"
            message = f"{what} is deprecated since Kubernetes 1.{ends.deprecated}{until}"
            yield finding(hub, thing, f"{message}: {_instead(hub, kind_of(thing), ends)}", ("apiVersion",))


RULES = (removed_api, deprecated_api)


def _instead(hub: ReleaseObjects, kind: Kind, ends: Lifecycle) -> str:
    own, name = kind
    if name in _ALONE:
        return _ALONE[name]
    version = api_of(hub.release).newest(ends.kind or name, ends.group)
    if version in (None, own):
        return "nothing takes its place yet"
    return f"write `apiVersion: {version}`" + (f" and `kind: {ends.kind}`" if ends.kind else "")
