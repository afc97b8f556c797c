"""What pods may do to the node that they run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import rule
from deployer.fleet.violations import shown
from deployer.rules.manifests.baseline import excesses
from deployer.rules.manifests.places import finding
from deployer.rules.manifests.pods import pods
from deployer.rules.manifests.schemas import minor_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.rule import Finding
    from deployer.rules.subjects import HubObjects


@rule("warning")
def pod_security(hub: HubObjects) -> Iterator[Finding]:
    """Want pods to keep to the level `baseline` of the Pod Security Standards.

    What goes beyond it opens the node to the pod: its network, its files, its kernel. A namespace that
    enforces the level (`pod-security.kubernetes.io/enforce: baseline`) has no such pods.
    """
    minor = minor_of(hub.release.cluster.kubernetes_version)
    for pod in pods(hub.objects):
        for at, what in excesses(pod, minor):
            message = f"`{shown(at)}` {what}, beyond the level `baseline` of the Pod Security Standards"
            yield finding(hub, pod.owner, message, at)


@rule("warning")
def privileged_container(hub: HubObjects) -> Iterator[Finding]:
    """Question privileged containers: what runs in one has the node, and all pods on it.

    Most need a capability or two instead, in `securityContext.capabilities.add`. Those that need more, such
    as Docker within a pod, belong on nodes of their own.
    """
    for pod in pods(hub.objects):
        found = [each for each in pod.containers() if each.security.get("privileged") is True]
        if found:
            names = ", ".join(f"`{each.name}`" for each in found)
            message = f"privileged containers have the whole node: {names}"
            yield finding(hub, pod.owner, message, (*found[0].at, "securityContext"))


RULES = (pod_security, privileged_container)
