"""What parts of a release say of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import rule
from deployer.fleet.spelling import did_you_mean
from deployer.rules.manifests.places import finding, value_at
from deployer.rules.manifests.pods import maps_in, pods
from deployer.rules.values.parts.shapes import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.fleet.rule import Finding
    from deployer.rules.manifests.pods import Pod
    from deployer.rules.subjects import ReleaseObjects


@rule("warning")
def service_selector(hub: ReleaseObjects) -> Iterator[Finding]:
    """Want a Service to lead to pods of the release.

    One whose selector fits no pod answers nothing: a label was renamed in one place only. A Service without a
    selector gets its addresses from elsewhere.
    """
    known = tuple(pods(hub.objects))
    for thing in hub.objects:
        spec = mapping(thing.get("spec"))
        if thing.get("kind") == "Service" and spec.get("type") != "ExternalName":
            lacking = _lacking(mapping(spec.get("selector")), known)
            if lacking:
                message = f"it leads nowhere: no pod of the release has the label {lacking}"
                yield finding(hub, thing, message, ("spec", "selector"))


@rule()
def workload_selector(hub: ReleaseObjects) -> Iterator[Finding]:
    """Want a Deployment, and what is like it, to select the pods that it makes.

    The API server refuses one that would not find them again. Labels that a hub adds to its pods cannot be
    selected by: a selector never changes.
    """
    for pod in pods(hub.objects):
        at = ("spec", "selector", "matchLabels")
        lacking = _lacking(mapping(value_at(pod.owner, at)), (pod,))
        if lacking and pod.owner.get("kind") in _SELECTING:
            yield finding(hub, pod.owner, f"it selects {lacking}, which its own pods don't have", at)


@rule()
def volume_mount(hub: ReleaseObjects) -> Iterator[Finding]:
    """Want containers to mount volumes that their pod has, each at a place of its own.

    The API server refuses the pod else. An entry of `extraVolumeMounts` needs one in `extraVolumes`.
    """
    for pod in pods(hub.objects):
        volumes = {text(each.get("name")) for _, each in (*pod.listed("volumes"), *_claims(pod))}
        for container in pod.containers():
            taken: dict[str, KeyPath] = {}
            for at, mount in maps_in((*container.at, "volumeMounts"), container.data.get("volumeMounts")):
                name, place = text(mount.get("name")), text(mount.get("mountPath"))
                if name and name not in volumes:
                    advice = did_you_mean(name, sorted(volumes))
                    message = f"the container `{container.name}` mounts `{name}`, which its pod has not"
                    yield finding(hub, pod.owner, f"{message}; {advice}", at)
                if place in taken:
                    message = f"the container `{container.name}` has two volumes mounted at `{place}`"
                    yield finding(hub, pod.owner, message, at, taken[place])
                taken[place] = at


RULES = (service_selector, workload_selector, volume_mount)

_SELECTING = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")


def _claims(pod: Pod) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Return the metadata of the claims that a StatefulSet makes for each pod."""
    at = ("spec", "volumeClaimTemplates")
    for place, claim in maps_in(at, value_at(pod.owner, at)):
        yield place, mapping(claim.get("metadata"))


def _lacking(selector: Mapping[str, Any], candidates: tuple[Pod, ...]) -> str:
    """Return what of a selector the pods that come nearest to it lack; nothing when one fits."""

    def lacking(pod: Pod) -> list[str]:
        return [f"`{key}: {value}`" for key, value in selector.items() if pod.labels.get(key) != value]

    everything = [f"`{key}: {value}`" for key, value in selector.items()]
    nearest: list[str] = min(map(lacking, candidates), key=len, default=everything)
    return " and ".join(nearest)
