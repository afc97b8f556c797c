"""Why pods do not come up: the failing pod, events, last log lines, the likely cause, what to type next.

Status, events and logs are read, never a pod's environment or a Secret. A log is the program's own words,
though: who knows the secrets redacts it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.tools.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from deployer.tools.kubernetes import Api

_LOG_LINES = 15
_EVENTS = 5
_NO_LOG = "unable to retrieve container logs"
"""What the kubelet answers, as if it were the log, when the runtime has removed it."""

# What the kubelet and the scheduler say → what it mostly means and what to look at.
_CAUSES = {
    "ErrImageNeverPull": "the image is not on the node, and its pull policy is `Never`",
    "InvalidImageName": "the image's name is malformed",
    "ErrImagePull": "the image or its tag does not exist, or the registry wants credentials",
    "ImagePullBackOff": "the image or its tag does not exist, or the registry wants credentials",
    "CreateContainerConfigError": "a Secret or ConfigMap that the pod refers to is missing",
    "CreateContainerError": "the container cannot be made as its pod says (command, mounts or user)",
    "RunContainerError": "the container's command cannot be run",
    "OOMKilled": "the container needs more memory than its limit",
    "CrashLoopBackOff": "the program in the container ends with an error; its log says why",
    "Error": "the program in the container ends with an error; its log says why",
    "FailedMount": "a volume cannot be mounted",
    "Unschedulable": "no node has room, or none fits the pod's node selector and tolerations",
    "UnboundVolume": "a volume claim finds no volume: its storage class is missing or cannot provision",
    "NotCreated": "the cluster refuses the pod: a quota, a limit range or pod security",
    "NotReady": "the program runs but does not answer its readiness probe",
}
_IMAGE_REASONS = ("ErrImageNeverPull", "InvalidImageName", "ErrImagePull", "ImagePullBackOff")
_RUN_REASONS = ("CrashLoopBackOff", "RunContainerError", "OOMKilled", "Error")


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What keeps a pod (or a workload, before it has pods) from being ready.

    `reason` is one word, Kubernetes' own where it has one; `restarts` counts those of the container.
    """

    about: str
    reason: str
    message: str
    container: str | None = None
    restarts: int = 0

    @property
    def line(self) -> str:
        """Return it in one line."""
        where = f"{self.about} ({self.container})" if self.container else self.about
        return f"{where}: {self.reason}" + (f": {self.message}" if self.message else "")


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One trouble with what helps to understand it. `next_command` can be typed as it is."""

    trouble: Trouble
    events: tuple[str, ...]
    log: tuple[str, ...]
    cause: str
    next_command: str

    def redacted(self, secrets: Collection[str]) -> Diagnosis:
        """Return the same without these texts."""
        trouble = replace(self.trouble, message=redact(self.trouble.message, secrets))
        events = tuple(redact(event, secrets) for event in self.events)
        return replace(
            self, trouble=trouble, events=events, log=tuple(redact(line, secrets) for line in self.log)
        )

    def lines(self) -> Iterator[str]:
        """Yield it as lines of text."""
        yield self.trouble.line
        yield f"likely cause: {self.cause}"
        if self.events:
            yield "events:"
            yield from (f"  {event}" for event in self.events)
        if self.log:
            yield "last log lines:"
            yield from (f"  {line}" for line in self.log)
        yield f"next: {self.next_command}"


def pod_trouble(pod: dict[str, Any]) -> Trouble | None:
    """Return what keeps a pod from being ready, or None; the worst first when there are several."""
    name = f"pod {pod['metadata']['name']}"
    status = pod.get("status", {})
    for condition in status.get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            message = condition.get("message", "")
            unbound = "unbound" in message and "PersistentVolumeClaim" in message
            reason = "UnboundVolume" if unbound else condition.get("reason", "Unschedulable")
            return Trouble(about=name, reason=reason, message=message)
    containers = [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]
    for container in containers:
        trouble = _container_trouble(name, container)
        if trouble:
            return trouble
    for container in containers:
        if (
            status.get("phase") == "Running"
            and not container.get("ready")
            and "running" in container["state"]
        ):
            return Trouble(about=name, reason="NotReady", message="", container=container["name"])
    return None


def _container_trouble(pod: str, container: dict[str, Any]) -> Trouble | None:
    state = container.get("state", {})
    restarts = int(container.get("restartCount", 0))
    ended = state.get("terminated") or container.get("lastState", {}).get("terminated") or {}
    waiting = state.get("waiting", {})
    reason = waiting.get("reason")
    if reason in (None, "PodInitializing", "ContainerCreating"):
        failed = state.get("terminated", {})
        if not failed.get("exitCode"):
            return None
        reason = failed.get("reason", "Error")
    message = waiting.get("message", "")
    if reason in _RUN_REASONS and ended.get("exitCode"):
        if ended.get("reason") == "OOMKilled":
            reason = "OOMKilled"
        message = f"exit code {ended['exitCode']}, {restarts} restarts"
    return Trouble(about=pod, reason=reason, message=message, container=container["name"], restarts=restarts)


def diagnose(
    api: Api, namespace: str, trouble: Trouble, *, cluster: str, pod: str | None = None
) -> Diagnosis:
    """Gather events and log lines around a trouble. What cannot be read is left out, never raised."""
    name = pod or trouble.about.partition(" ")[2]
    return Diagnosis(
        trouble=trouble,
        events=tuple(_events(api, namespace, name)),
        log=tuple(_log(api, namespace, name, trouble)) if trouble.container else (),
        cause=_CAUSES.get(trouble.reason, "the pod's description says more"),
        next_command=_next_command(trouble, name, namespace, cluster),
    )


def _next_command(trouble: Trouble, name: str, namespace: str, cluster: str) -> str:
    kubectl = f"deployer shell {cluster} -- kubectl --namespace {namespace}"
    if trouble.reason in _RUN_REASONS:
        return f"{kubectl} logs {name} --container {trouble.container}"
    if trouble.reason == "UnboundVolume":
        return f"{kubectl} describe persistentvolumeclaims"
    kind = trouble.about.partition(" ")[0]
    return f"{kubectl} describe {kind} {name}"


def _events(api: Api, namespace: str, name: str) -> Iterable[str]:
    try:
        found = api.items(
            f"/api/v1/namespaces/{namespace}/events", fieldSelector=f"involvedObject.name={name}"
        )
    except DeployerError:
        return []
    found.sort(key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or "")
    warnings = [event for event in found if event.get("type") == "Warning"] or found
    return [f"{event.get('reason')}: {event.get('message', '').strip()}" for event in warnings[-_EVENTS:]]


def _log(api: Api, namespace: str, pod: str, trouble: Trouble) -> Iterable[str]:
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/log"
    container = str(trouble.container)
    # Of a container that waits for its restart, the current log is that of its end.
    for previous in ("true", "false") if trouble.reason == "NotReady" else ("false", "true"):
        try:
            text = api.text(path, container=container, tailLines=str(_LOG_LINES), previous=previous)
        except DeployerError:
            continue
        if text.strip() and not text.startswith(_NO_LOG):
            return text.rstrip().splitlines()
    return []
