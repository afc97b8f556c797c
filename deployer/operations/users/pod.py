"""The pod that changes names or archives homes: made of the hub's template, with steps as its containers.

Kubernetes runs init containers one after the other, each only when the one before it ended well: that is the
order in which nothing is lost. What touches the database is the hub's own image, user, volumes and
configuration. What touches homes is root, as the kubelet was that made the directories, and may do no more
than that takes.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.operations.users import programs
from deployer.operations.users.hub_side import config_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME = "deployer-users"
"""The name of the pod, and of the Secret with its plan: there is one at a time, under the hub's Lease."""

PLAN_KEY = "plan.json.gz"
_PLAN_DIRECTORY = "/deployer-users"
_PLAN = f"{_PLAN_DIRECTORY}/{PLAN_KEY}"
_HOMES = "/deployer-homes"

_FROM_HUB = (
    "affinity",
    "imagePullSecrets",
    "nodeSelector",
    "priorityClassName",
    "serviceAccountName",
    "tolerations",
)
_AS_ROOT = {
    "runAsUser": 0,
    "runAsNonRoot": False,
    "allowPrivilegeEscalation": False,
    # To write into directories of others, and into those in which only an owner may rename.
    "capabilities": {"drop": ["ALL"], "add": ["DAC_OVERRIDE", "FOWNER"]},
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: which program does what, and whether it works on the database or on homes."""

    name: str
    program: str
    mode: str


CHECK_HOMES = Step(name="check-homes", program=programs.HOMES, mode="check")
BACK_UP = Step(name="back-up", program=programs.DATABASE, mode="check")
MOVE_HOMES = Step(name="move-homes", program=programs.HOMES, mode="move")
RENAME_USERS = Step(name="rename-users", program=programs.DATABASE, mode="rename")
CLOSE = Step(name="close", program=programs.HOMES, mode="close")
ARCHIVE_HOMES = Step(name="archive-homes", program=programs.ARCHIVES, mode="archive")
REMOVE_HOMES = Step(name="remove-homes", program=programs.ARCHIVES, mode="remove")
LOOK = Step(name="look", program=programs.DATABASE, mode="look")

HARMLESS = (CHECK_HOMES.name, BACK_UP.name, LOOK.name)
"""Steps before which nothing was changed, and during which nothing is."""

STEPS = (CHECK_HOMES, BACK_UP, MOVE_HOMES, RENAME_USERS, CLOSE)
"""The way that loses nothing: all is checked and copied before anything changes, homes before names."""


def root_of(number: int) -> str:
    """Return where the place with this number is mounted."""
    return f"{_HOMES}/{number}"


def manifest(
    deployment: Mapping[str, Any], steps: Sequence[Step], volumes: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the pod that carries out steps; `volumes` are those of the places, in order."""
    template = deployment["spec"]["template"]["spec"]
    # A hub that runs on another node may have some of its volumes for itself.
    takes_hubs = any(step.program == programs.DATABASE for step in steps)
    all_volumes = copy.deepcopy(template.get("volumes", [])) if takes_hubs else []
    names = [
        _volume_name(all_volumes, volume, f"deployer-homes-{number}") for number, volume in enumerate(volumes)
    ]
    containers = [_container(template, step, names) for step in steps]
    plan = {"name": NAME, "secret": {"secretName": NAME}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        # No label of the hub's: neither its Service nor its ReplicaSet may take this pod for one of theirs.
        "metadata": {"name": NAME, "labels": {"app.kubernetes.io/name": NAME}},
        "spec": {
            **{key: copy.deepcopy(template[key]) for key in _FROM_HUB if key in template},
            "securityContext": _without_taking_over(template.get("securityContext") or {}),
            "automountServiceAccountToken": False,
            "restartPolicy": "Never",
            "volumes": [*all_volumes, plan],
            "initContainers": containers[:-1],
            "containers": containers[-1:],
        },
    }


def _volume_name(volumes: list[dict[str, Any]], wanted: Mapping[str, Any], name: str) -> str:
    """Return the name of a volume of the pod, which is added under `name` when it is not there.

    A pod with two volumes of one claim never starts (kubernetes/kubernetes#82526).
    """
    for volume in volumes:
        if _source(volume) == _source(wanted):
            volume.update(copy.deepcopy(dict(wanted)))  # the hub may have it read-only
            return str(volume["name"])
    volumes.append({**copy.deepcopy(dict(wanted)), "name": name})
    return name


def _source(volume: Mapping[str, Any]) -> Any:
    claim = volume.get("persistentVolumeClaim")
    return claim["claimName"] if claim else {key: part for key, part in volume.items() if key != "name"}


def _without_taking_over(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hub's security context, as a member of the group that owns its volume, giving it nothing.

    With `fsGroup` the kubelet would give every file of every volume to that group, all homes too.
    """
    kept = {key: value for key, value in context.items() if key not in ("fsGroup", "fsGroupChangePolicy")}
    if "fsGroup" in context:
        kept["supplementalGroups"] = sorted({*kept.get("supplementalGroups", ()), context["fsGroup"]})
    return kept


def _container(template: Mapping[str, Any], step: Step, homes: Sequence[str]) -> dict[str, Any]:
    hub = template["containers"][0]
    plan = {"name": NAME, "mountPath": _PLAN_DIRECTORY, "readOnly": True}
    common = {
        "name": step.name,
        "image": hub["image"],
        "imagePullPolicy": hub.get("imagePullPolicy", "IfNotPresent"),
        **({"resources": copy.deepcopy(hub["resources"])} if "resources" in hub else {}),
    }
    if step.program != programs.DATABASE:
        mounts = [{"name": name, "mountPath": root_of(number)} for number, name in enumerate(homes)]
        return {
            **common,
            "command": programs.command(step.program, step.mode, _PLAN),
            "securityContext": _AS_ROOT,
            "volumeMounts": [*mounts, plan],
        }
    taken = {key: copy.deepcopy(hub[key]) for key in ("env", "envFrom", "workingDir") if key in hub}
    context = {"securityContext": copy.deepcopy(hub["securityContext"])} if "securityContext" in hub else {}
    return {
        **common,
        **taken,
        **context,
        "command": programs.command(step.program, step.mode, config_of(template), _PLAN),
        "volumeMounts": [*copy.deepcopy(hub.get("volumeMounts", [])), plan],
    }
