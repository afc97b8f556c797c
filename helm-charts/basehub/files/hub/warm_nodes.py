"""Keep nodes for users warm between two times: a pod on each that asks for next to nothing.

The autoscaler keeps a node with such a pod, or brings one for it, and the pod pulls the image that servers
start with. A deadline ends each pod with its window, so that nodes go also while the hub is down.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import wraps
from hashlib import sha256
from json import dumps
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyterhub.app import JupyterHub
from jupyterhub.utils import maybe_future
from kubernetes_asyncio.client import ApiException
from kubespawner import KubeSpawner
from tornado.ioloop import IOLoop, PeriodicCallback
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_WARM_EVERY = 60
_WARM_LABELS = {"app": "jupyterhub", "component": "warm-node"}
_WARM_SELECTOR = ",".join(f"{key}={value}" for key, value in _WARM_LABELS.items())
_ENDED = ("Succeeded", "Failed")
_MISSING, _THERE_ALREADY = 404, 409
_UNPRIVILEGED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 65534,
}


class WarmWindow(NamedTuple):
    """So many nodes are warm from one time until another."""

    nodes: int
    start: datetime
    end: datetime


class WarmPlan(NamedTuple):
    """Names of pods to delete, and those to create with the time at which each ends."""

    delete: list[str]
    create: dict[str, datetime]


def warm_windows(said: Iterable[Mapping[str, Any]]) -> list[WarmWindow]:
    """Return windows as they are said."""
    return [
        WarmWindow(each["nodes"], *(datetime.fromisoformat(each[key]) for key in ("from", "until")))
        for each in said
    ]


def warm_plan(now: datetime, windows: Iterable[WarmWindow], there: Mapping[str, bool], look: str) -> WarmPlan:
    """Return what makes the pods those that should be there.

    `there` says of each pod whether it has ended, and `look` is what pods are made of: when it changes,
    others take their place. Of windows that overlap, the one that wants most nodes counts.
    """
    active = [window for window in windows if window.start <= now < window.end]
    most = max((window.nodes for window in active), default=0)
    ends = [max(window.end for window in active if window.nodes > number) for number in range(most)]
    wanted = {_warm_name(number, end, look): end for number, end in enumerate(ends)}
    return WarmPlan(
        delete=sorted(name for name, ended in there.items() if ended or name not in wanted),
        create={name: end for name, end in wanted.items() if name not in there},
    )


def _warm_name(number: int, end: datetime, look: str) -> str:
    digest = sha256(f"{end.astimezone(UTC).isoformat()} {look}".encode()).hexdigest()
    return f"warm-node-{number}-{digest[:8]}"


def warm_pod(spawner: Any, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the specification of a pod on a node of its own among those of servers like a spawner's."""
    images = said["images"] or [spawner.image]
    alone = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": _WARM_LABELS}}
    affinity: dict[str, Any] = {
        "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [alone]}
    }
    if spawner.node_affinity_required:
        terms = {"nodeSelectorTerms": list(spawner.node_affinity_required)}
        affinity["nodeAffinity"] = {"requiredDuringSchedulingIgnoredDuringExecution": terms}
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 0,
        "nodeSelector": {**spawner.node_selector, **said["node_selector"]},
        "tolerations": said["tolerations"] or list(spawner.tolerations),
        "affinity": affinity,
        "imagePullSecrets": [{"name": str(name)} for name in spawner.image_pull_secrets],
        "initContainers": [_pulling(number, image, spawner) for number, image in enumerate(images)],
        "containers": [_warm_container("pause", said["pause_image"], memory="16Mi")],
    }


def _pulling(number: int, image: str, spawner: Any) -> dict[str, Any]:
    container = _warm_container(f"pull-{number}", image, memory="64Mi")
    policy = {"imagePullPolicy": spawner.image_pull_policy} if spawner.image_pull_policy else {}
    return {**container, **policy, "command": ["/bin/sh", "-c", "exit 0"]}


def _warm_container(name: str, image: str, *, memory: str) -> dict[str, Any]:
    resources = {"requests": {"cpu": "1m", "memory": "4Mi"}, "limits": {"memory": memory}}
    return {"name": name, "image": image, "resources": resources, "securityContext": _UNPRIVILEGED}


async def _as_people_start(hub: Any) -> Any:
    """Return a spawner with what a server has whose user chooses nothing.

    It is that of the health check's user, to whom all profiles are offered.
    """
    name = get_config("custom.deployer.health_check")["user"]
    user = SimpleNamespace(name=name, id=0, url="/", groups=(), admin=False)
    spawner = hub.spawner_class(config=hub.config, user=user, hub=hub.hub, authenticator=hub.authenticator)
    profiles = spawner.profile_list
    if callable(profiles):
        profiles = await maybe_future(profiles(spawner))
    if profiles:
        spawner._load_profile("", spawner._get_initialized_profile_list(profiles))  # noqa: SLF001 its default
    return spawner


async def _there(spawner: Any) -> dict[str, bool]:
    pods = await spawner.api.list_namespaced_pod(spawner.namespace, label_selector=_WARM_SELECTOR)
    return {pod.metadata.name: pod.status.phase in _ENDED for pod in pods.items}


async def _accepting(status: int, request: Any) -> None:
    try:
        await request
    except ApiException as error:
        if error.status != status:
            raise


async def reconcile_warm_nodes(spawner: Any, said: Mapping[str, Any], now: datetime) -> WarmPlan:
    """Make the pods those that should be there, and return what was done."""
    pod = warm_pod(spawner, said)
    look = dumps(pod, sort_keys=True)
    plan = warm_plan(now, warm_windows(said["windows"]), await _there(spawner), look)
    for name in plan.delete:
        deletion = spawner.api.delete_namespaced_pod(name, spawner.namespace, grace_period_seconds=0)
        await _accepting(_MISSING, deletion)
    for name, end in plan.create.items():
        seconds = max(1, int((end - now).total_seconds()))
        body = {
            "metadata": {"name": name, "labels": _WARM_LABELS},
            "spec": {**pod, **_priority(said), "activeDeadlineSeconds": seconds},
        }
        await _accepting(_THERE_ALREADY, spawner.api.create_namespaced_pod(spawner.namespace, body))
    return plan


def _priority(said: Mapping[str, Any]) -> dict[str, str]:
    # The class that z2jh makes for its placeholders: whoever needs the room gets it.
    below_users = get_config("scheduling.podPriority.enabled") and get_config(
        "scheduling.userPlaceholder.enabled"
    )
    return {"priorityClassName": said["priority"]} if below_users else {}


async def _keep_warm(hub: Any, said: Mapping[str, Any]) -> None:
    try:
        done = await reconcile_warm_nodes(await _as_people_start(hub), said, datetime.now(UTC))
    except Exception:  # the hub's own work goes on, and the next minute tries again
        hub.log.exception("Could not look after the nodes that are to be kept warm")
        return
    if done.create or done.delete:
        hub.log.info("Warm nodes: made %s, removed %s", sorted(done.create), done.delete)


def _with_warm_nodes(start: Callable[..., Any], said: Mapping[str, Any]) -> Callable[..., Any]:
    @wraps(start)
    async def started(hub: Any) -> None:
        await start(hub)
        if issubclass(hub.spawner_class, KubeSpawner):
            looking_after = PeriodicCallback(lambda: _keep_warm(hub, said), 1000 * _WARM_EVERY)
            # JupyterHub stops those when it stops.
            hub._periodic_callbacks["warm_nodes"] = looking_after  # noqa: SLF001
            looking_after.start()
            IOLoop.current().add_callback(_keep_warm, hub, said)

    return started


_warm_nodes = get_config("custom.deployer.warm_nodes")
if _warm_nodes:
    JupyterHub.start = _with_warm_nodes(JupyterHub.start, _warm_nodes)
