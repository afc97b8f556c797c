"""The pod that changes names: what it takes from the hub's, and what it leaves."""

from __future__ import annotations

import copy
from typing import Any

from deployer.operations.users import pod, programs

HUB: dict[str, Any] = {
    "spec": {
        "template": {
            "metadata": {"labels": {"component": "hub"}},
            "spec": {
                "nodeSelector": {"pool": "core"},
                "tolerations": [{"key": "core", "operator": "Exists"}],
                "serviceAccountName": "hub",
                "priorityClassName": "core",
                "securityContext": {"fsGroup": 1000, "fsGroupChangePolicy": "Always", "runAsNonRoot": True},
                "initContainers": [{"name": "wait", "image": "wait:1"}],
                "volumes": [{"name": "pvc", "persistentVolumeClaim": {"claimName": "hub-db-dir"}}],
                "containers": [
                    {
                        "name": "hub",
                        "image": "hub:1",
                        "imagePullPolicy": "Never",
                        "args": ["jupyterhub", "--config", "/etc/config.py", "--upgrade-db"],
                        "env": [{"name": "PGPASSWORD", "value": "x"}],
                        "securityContext": {"runAsUser": 1000},
                        "resources": {"limits": {"memory": "2Gi"}},
                        "livenessProbe": {"httpGet": {"path": "/"}},
                        "ports": [{"containerPort": 8081}],
                        "volumeMounts": [{"name": "pvc", "mountPath": "/srv/jupyterhub"}],
                    },
                    {"name": "side-car", "image": "side-car:1"},
                ],
            },
        }
    }
}
NFS = {"nfs": {"server": "nfs", "path": "/"}}
PLAN_MOUNT = {"name": "deployer-users", "mountPath": "/deployer-users", "readOnly": True}


def test_a_step_on_the_database_is_the_hub_without_its_work() -> None:
    made = pod.manifest(HUB, (pod.RENAME_USERS,), ())
    assert made == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "deployer-users", "labels": {"app.kubernetes.io/name": "deployer-users"}},
        "spec": {
            "nodeSelector": {"pool": "core"},
            "tolerations": [{"key": "core", "operator": "Exists"}],
            "serviceAccountName": "hub",
            "priorityClassName": "core",
            "securityContext": {"runAsNonRoot": True, "supplementalGroups": [1000]},
            "automountServiceAccountToken": False,
            "restartPolicy": "Never",
            "volumes": [
                {"name": "pvc", "persistentVolumeClaim": {"claimName": "hub-db-dir"}},
                {"name": "deployer-users", "secret": {"secretName": "deployer-users"}},
            ],
            "initContainers": [],
            "containers": [
                {
                    "name": "rename-users",
                    "image": "hub:1",
                    "imagePullPolicy": "Never",
                    "resources": {"limits": {"memory": "2Gi"}},
                    "env": [{"name": "PGPASSWORD", "value": "x"}],
                    "securityContext": {"runAsUser": 1000},
                    "command": programs.command(
                        "hub_database", "rename", "/etc/config.py", "/deployer-users/plan.json.gz"
                    ),
                    "volumeMounts": [{"name": "pvc", "mountPath": "/srv/jupyterhub"}, PLAN_MOUNT],
                }
            ],
        },
    }


def test_a_step_on_homes_is_root_that_may_rename_and_sees_homes_only() -> None:
    made = pod.manifest(HUB, (pod.CHECK_HOMES, pod.CLOSE), (NFS,))["spec"]
    assert {"name": "deployer-homes-0", **NFS} in made["volumes"]
    (first,), (last,) = made["initContainers"], made["containers"]
    assert (first["name"], last["name"]) == ("check-homes", "close")
    assert first["securityContext"] == {
        "runAsUser": 0,
        "runAsNonRoot": False,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"], "add": ["DAC_OVERRIDE", "FOWNER"]},
    }
    assert first["volumeMounts"] == [
        {"name": "deployer-homes-0", "mountPath": "/deployer-homes/0"},
        PLAN_MOUNT,
    ]
    assert "env" not in first


def test_a_claim_is_one_volume_of_the_pod_however_often_homes_are_on_it() -> None:
    """The kubelet waits for ever for the second of two volumes of one claim."""
    homes = {"persistentVolumeClaim": {"claimName": "homes"}}
    hub = copy.deepcopy(HUB)
    hub["spec"]["template"]["spec"]["volumes"].append(
        {"name": "people", "persistentVolumeClaim": {"claimName": "homes", "readOnly": True}}
    )
    made = pod.manifest(hub, (pod.CHECK_HOMES, pod.RENAME_USERS), (homes, NFS, homes, NFS))["spec"]
    assert made["volumes"] == [
        {"name": "pvc", "persistentVolumeClaim": {"claimName": "hub-db-dir"}},
        {"name": "people", **homes},
        {"name": "deployer-homes-1", **NFS},
        {"name": "deployer-users", "secret": {"secretName": "deployer-users"}},
    ]
    (step,) = made["initContainers"]
    assert [(mount["name"], mount["mountPath"]) for mount in step["volumeMounts"][:-1]] == [
        ("people", "/deployer-homes/0"),
        ("deployer-homes-1", "/deployer-homes/1"),
        ("people", "/deployer-homes/2"),
        ("deployer-homes-1", "/deployer-homes/3"),
    ]
    assert hub["spec"]["template"]["spec"]["volumes"][1]["persistentVolumeClaim"]["readOnly"]


def test_a_pod_that_leaves_the_database_alone_has_none_of_the_hubs_volumes() -> None:
    """The hub runs meanwhile, and may be the only one that can have them."""
    made = pod.manifest(HUB, (pod.ARCHIVE_HOMES,), (NFS,))["spec"]
    assert [volume["name"] for volume in made["volumes"]] == ["deployer-homes-0", "deployer-users"]
    (step,) = made["containers"]
    assert step["command"] == programs.command("archive_homes", "archive", "/deployer-users/plan.json.gz")
    assert [mount["name"] for mount in step["volumeMounts"]] == ["deployer-homes-0", "deployer-users"]


def test_all_is_checked_and_copied_before_anything_changes() -> None:
    names = [step.name for step in pod.STEPS]
    changing = [number for number, name in enumerate(names) if name not in pod.HARMLESS]
    assert changing == [2, 3, 4]
    assert names == ["check-homes", "back-up", "move-homes", "rename-users", "close"]
