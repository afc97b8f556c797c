"""What pods may do to the node that they run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import rule
from deployer.fleet.violations import shown
from deployer.rules.manifests.baseline import excesses
from deployer.rules.manifests.places import decided_at, finding, of_chart
from deployer.rules.manifests.pods import pods
from deployer.rules.manifests.schemas import minor_of
from deployer.rules.subjects import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.rule import Finding
    from deployer.rules.subjects import ReleaseObjects

_BEYOND = "beyond the level `baseline` of the Pod Security Standards"


@rule("warning")
def pod_security(hub: ReleaseObjects) -> Iterator[Finding]:
    """Want pods to keep to the level `baseline` of the Pod Security Standards.

    What goes beyond it opens the node to the pod: its network, its files, its kernel. A namespace that
    enforces the level (`pod-security.kubernetes.io/enforce: baseline`) has no such pods.
    """
    minor = minor_of(hub.release.cluster.kubernetes_version)
    for pod in pods(hub.objects):
        of_itself = []
        for at, what in excesses(pod, minor):
            if decided_at(hub.release, pod.owner, at):
                yield finding(hub, pod.owner, f"`{shown(at)}` {what}, {_BEYOND}", at)
            else:
                of_itself.append(f"`{shown(at)}` {what}")
        if of_itself:
            yield of_chart(hub, f"{name_of(pod.owner)}: {', '.join(of_itself)}, {_BEYOND}")


@rule("warning")
def privileged_container(hub: ReleaseObjects) -> Iterator[Finding]:
    """Question privileged containers: what runs in one has the node, and all pods on it.

    Most need a capability or two instead, in `securityContext.capabilities.add`. Those that need more, such
    as Docker within a pod, belong on nodes of their own.
    """
    for pod in pods(hub.objects):
        of_itself = []
        for container in pod.containers():
            at = (*container.at, "securityContext")
            if container.security.get("privileged") is not True:
                continue
            if decided_at(hub.release, pod.owner, at):
                message = f"the container `{container.name}` is privileged, and has the whole node"
                yield finding(hub, pod.owner, message, at)
            else:
                of_itself.append(f"`{container.name}`")
        if of_itself:
            names = ", ".join(of_itself)
            yield of_chart(hub, f"{name_of(pod.owner)}: privileged containers have the whole node: {names}")


RULES = (pod_security, privileged_container)
