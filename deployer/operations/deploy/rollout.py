"""Watching what Helm applied come up, and telling early and plainly when it will not.

Every Deployment and StatefulSet of the release must run its new version only, and be available. DaemonSets
follow the nodes (image pullers take as long as the slowest node) and gate nothing. Helm's own `--wait` tells
nothing until its timeout; here a pod that cannot come up by itself ends the wait.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.diagnosis import Diagnosis, Trouble, diagnose, pod_trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployer.interruption import Interruption
    from deployer.tools.kubernetes import Api

_LOOK_AFTER = 1
"""Seconds after which pods are looked at again when nothing was heard of what owns them."""
_LISTS = {"deployment": "deployments", "statefulset": "statefulsets"}
_PATIENCE = 60.0
"""Seconds that a registry, or a Secret made by somebody else, may take to appear."""
_REVISION = "deployment.kubernetes.io/revision"
_HOPELESS = ("ErrImageNeverPull", "InvalidImageName")
_MAY_PASS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "NotCreated",
)
_MAY_STAY_PENDING = ("user-placeholder", "node-placeholder")
"""Components whose pods only keep room for others: on full nodes they are meant to wait."""
_RESTARTS = 3
"""Restarts of a container after which it will not come up by itself; one or two are normal at a start."""


class RolloutFailed(DeployerError):
    """The release was applied, but does not come up. `diagnosis` says why, when it is known."""

    def __init__(self, message: str, *, diagnosis: Diagnosis | None) -> None:
        super().__init__(message)
        self.diagnosis = diagnosis


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A Deployment or StatefulSet: whether it is up, and what its controller complains about.

    `revision` tells its newest pods from those that they replace; None until its controller has seen the
    newest version.
    """

    kind: str
    name: str
    ready: bool
    revision: str | None
    complaint: str | None


def watch(
    api: Api,
    namespace: str,
    release: str,
    *,
    cluster: str,
    timeout: float,
    interruption: Interruption,
    note: Callable[[str], None],
) -> None:
    """Wait until the release is up; `note` is told each trouble once while it lasts.

    Raises:
        RolloutFailed: it will not come up, or did not within `timeout` seconds.
    """
    start = time.monotonic()
    since: dict[tuple[str, str | None], float] = {}
    told: set[str] = set()
    while True:
        found, versions = workloads(api, namespace, release)
        waiting = [workload for workload in found if not workload.ready]
        if not waiting:
            return
        troubles = _troubles(api, namespace, waiting)
        now = time.monotonic()
        since = {_key(trouble): since.get(_key(trouble), now) for trouble in troubles}
        for trouble in troubles:
            # Not its reason: a container that crashes alternates between Error and CrashLoopBackOff.
            said = f"{trouble.about} {trouble.container} {trouble.message}"
            if said not in told and trouble.reason != "NotReady":
                told.add(said)
                note(trouble.line)
        late = now - start > timeout
        ended = _hopeless(troubles, since, now, timeout) or (troubles[0] if late and troubles else None)
        if ended or late:
            names = ", ".join(f"{workload.kind} {workload.name}" for workload in waiting)
            how = f"not up after {timeout:g} s" if late else "will not come up"
            raise RolloutFailed(
                f"{how}: {names}",
                diagnosis=diagnose(api, namespace, ended, cluster=cluster) if ended else None,
            )
        # The other kind's changes are not missed: it is listed again before its turn comes.
        kind = waiting[0].kind
        api.wait_for_change(_path(namespace, kind), versions[kind], seconds=_LOOK_AFTER)
        interruption.check()


def _key(trouble: Trouble) -> tuple[str, str | None]:
    # Not the reason: a pull that fails alternates between ErrImagePull and ImagePullBackOff.
    return trouble.about, trouble.container


def _hopeless(
    troubles: list[Trouble], since: dict[tuple[str, str | None], float], now: float, timeout: float
) -> Trouble | None:
    patience = min(_PATIENCE, timeout / 2)
    for trouble in troubles:
        lasted = now - since[_key(trouble)]
        if (
            trouble.reason in _HOPELESS
            or (trouble.reason in _MAY_PASS and lasted > patience)
            or (trouble.restarts >= _RESTARTS and trouble.reason != "NotReady")
        ):
            return trouble
    return None


def workloads(api: Api, namespace: str, release: str) -> tuple[list[Workload], dict[str, str]]:
    """Return what the release is to run, and the version of each kind's list."""
    found, versions = [], {}
    for kind in _LISTS:
        items, versions[kind] = api.snapshot(_path(namespace, kind))
        found += [_workload(kind, item) for item in items if _gates(item, release)]
    return found, versions


def _path(namespace: str, kind: str) -> str:
    return f"/apis/apps/v1/namespaces/{namespace}/{_LISTS[kind]}"


def _gates(item: dict[str, Any], release: str) -> bool:
    metadata = item["metadata"]
    return (
        metadata.get("annotations", {}).get("meta.helm.sh/release-name") == release
        and metadata.get("labels", {}).get("component") not in _MAY_STAY_PENDING
    )


def _workload(kind: str, item: dict[str, Any]) -> Workload:
    status = item.get("status", {})
    wanted = item["spec"].get("replicas", 1)
    fresh = status.get("observedGeneration", 0) >= item["metadata"]["generation"]
    updated = status.get("updatedReplicas", 0) >= wanted
    if kind == "statefulset":
        updated = status.get("currentRevision") == status.get("updateRevision") or updated
    only_new = status.get("replicas", 0) == wanted
    available = status.get("availableReplicas", 0) >= wanted
    complaints = [
        condition.get("message", "")
        for condition in status.get("conditions", ())
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True"
    ]
    return Workload(
        kind=kind,
        name=item["metadata"]["name"],
        ready=fresh and updated and only_new and available,
        revision=_revision(kind, item) if fresh else None,
        complaint=complaints[0] if complaints else None,
    )


def _revision(kind: str, item: dict[str, Any]) -> str | None:
    told, at = item["metadata"].get("annotations", {}), _REVISION
    if kind == "statefulset":
        told, at = item.get("status", {}), "updateRevision"
    revision: str | None = told.get(at)
    return revision


def _troubles(api: Api, namespace: str, waiting: list[Workload]) -> list[Trouble]:
    troubles = [
        Trouble(about=f"{workload.kind} {workload.name}", reason="NotCreated", message=workload.complaint)
        for workload in waiting
        if workload.complaint
    ]
    owners = _current_owners(api, namespace, waiting)
    for pod in api.items(f"/api/v1/namespaces/{namespace}/pods"):
        trouble = pod_trouble(pod) if _belongs(pod, owners) else None
        if trouble:
            troubles.append(trouble)
    return sorted(troubles, key=lambda trouble: trouble.reason == "NotReady")


def _current_owners(api: Api, namespace: str, workloads: list[Workload]) -> dict[str, str | None]:
    """Return what owns the newest pods, by name, with the revision that tells them where the owner does not.

    A pod that is being replaced says nothing about what replaces it; users' pods have no owner.
    """
    sets = {workload.name: workload.revision for workload in workloads if workload.kind == "statefulset"}
    newest = {(each.name, each.revision) for each in workloads if each.kind == "deployment" and each.revision}
    for item in api.items(f"/apis/apps/v1/namespaces/{namespace}/replicasets") if newest else ():
        revision = item["metadata"].get("annotations", {}).get(_REVISION)
        if any((owner["name"], revision) in newest for owner in item["metadata"].get("ownerReferences", ())):
            sets[item["metadata"]["name"]] = None
    return sets


def _belongs(pod: dict[str, Any], owners: dict[str, str | None]) -> bool:
    metadata = pod["metadata"]
    if "deletionTimestamp" in metadata:
        return False
    revision = metadata.get("labels", {}).get("controller-revision-hash")
    names = [owner["name"] for owner in metadata.get("ownerReferences", ())]
    return any(name in owners and owners[name] in (None, revision) for name in names)
