"""Where homes are, and what else users' servers have of that volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer import clouds
from deployer.render.paths import look_up

if TYPE_CHECKING:
    from deployer.render.subject import Subject

CLAIM = "home-nfs"
SERVER = "jupyterhub-home-nfs"

_DISKS = ("eks", "gke", "openstack")
_USER = "{escaped_username}"
_SHARED = "_shared"
_HOMES = ("/home/jovyan", "/home/rstudio")
"""Images with RStudio have their user's home in the second; both lead to the same directory."""


def home_server(subject: Subject) -> dict[str, Any]:
    """Run the hub's own NFS server where a disk is named for it, with one directory and its quotas.

    The records of quotas are beside the homes, where the servers of adopted hubs keep them.
    """
    disk = _disk(subject)
    if not _has_server(subject):
        return {}
    directory = f"/export/{subject.hub.name}"
    quotas = {
        "paths": [directory],
        "projects_file": f"{directory}/.projects",
        "projid_file": f"{directory}/.projid",
    }
    values: dict[str, Any] = {"enabled": True, "quotaEnforcer": {"config": {"QuotaManager": quotas}}}
    return {SERVER: values | ({disk: {"enabled": True}} if disk else {})}


def home_volume(subject: Subject) -> dict[str, Any]:
    """Mount the NFS server of homes: how nodes reach it, and what has to be measured of it."""
    if not _on_nfs(subject):
        return {}
    own_server = _has_server(subject)
    cloud = clouds.of(subject.cluster.provider).HOMES
    volume: dict[str, Any] = {"mountOptions": list(cloud.mount_options)}
    if own_server and cloud.by_name:
        volume["serverIP"] = f"{_service(subject)}.{subject.hub.namespace}.svc.cluster.local"
    nfs: dict[str, Any] = {"enabled": True, "pv": volume}
    if not own_server:
        nfs |= {"dirsizeReporter": {"reportTotalSize": True}, "volumeReporter": {"enabled": True}}
    return {"nfs": nfs}


def homes(subject: Subject) -> dict[str, Any]:
    """Give each user a directory of the hub's volume as home, and all of them one that admins write to."""
    if not (_on_nfs(subject) or subject.own_value("inClusterNFS", "enabled") is True):
        return {}
    mounts = {
        "002-shared-volumemount": _mount(f"{_HOMES[0]}/shared", _SHARED, read_only=True),
        "003-rstudio-volumemount": _mount(_HOMES[1], _USER),
        "004-rstudio-shared-volumemount": _mount(f"{_HOMES[1]}/shared", _SHARED, read_only=True),
    }
    for_admins = {
        "001-shared-readwrite-volumemount": _mount(f"{_HOMES[0]}/shared-readwrite", _SHARED),
        "002-shared-readwrite-rstudio-volumemount": _mount(f"{_HOMES[1]}/shared-readwrite", _SHARED),
    }
    of_admins = subject.look_up("custom", "singleuserAdmin", "extraVolumeMounts")
    of_all = subject.look_up("singleuser", "storage", "extraVolumeMounts")
    return {
        "jupyterhub": {
            "custom": {"singleuserAdmin": {"extraVolumeMounts": _free(for_admins, of_admins)}},
            "hub": {"config": {"KubeSpawner": {"working_dir": _HOMES[0]}}},
            "singleuser": {
                "storage": {
                    "type": "static",
                    "static": {"pvcName": CLAIM, "subPath": _USER},
                    "extraVolumeMounts": _free(mounts, of_all),
                }
            },
        }
    }


def databases_off_nfs(subject: Subject) -> dict[str, Any]:
    """Keep the databases that kernels and servers write to all the time off NFS, where SQLite hangs.

    What they hold is of no use after the server has stopped; kernels keep no history.
    """
    if not _on_nfs(subject):
        return {}
    server = {
        "BaseFileIdManager": {"db_path": "/tmp/file_id_manager.db"},  # noqa: S108 - in a server, not here
        "SQLiteYStore": {"db_path": "/tmp/ystore.db"},  # noqa: S108 - in a server, not here
    }
    config = "/usr/local/etc"
    files = {
        "deployer-kernels": {
            "mountPath": f"{config}/ipython/ipython_kernel_config.json",
            "data": {"HistoryManager": {"enabled": False}},
        },
        "deployer-databases": {
            "mountPath": f"{config}/jupyter/jupyter_server_config.d/deployer-databases.json",
            "data": server,
        },
    }
    return {"jupyterhub": {"singleuser": {"extraFiles": files}}}


def shared_memory(_subject: Subject) -> dict[str, Any]:
    """Give servers shared memory as large as their own: a container's default is 64 MiB."""
    volume = {"name": "dev-shm", "emptyDir": {"medium": "Memory"}}
    mount = {"name": "dev-shm", "mountPath": "/dev/shm"}  # noqa: S108 - in a server, not here
    storage = {
        "extraVolumes": {"001-shm-volume": volume},
        "extraVolumeMounts": {"001-shm-volumemount": mount},
    }
    return {"jupyterhub": {"singleuser": {"storage": storage}}}


def _disk(subject: Subject) -> str | None:
    return next((kind for kind in _DISKS if look_up(subject.said, (SERVER, kind, "volumeId"))), None)


def _has_server(subject: Subject) -> bool:
    said = look_up(subject.said, (SERVER, "enabled"))
    return said is True or (said is None and _disk(subject) is not None)


def _on_nfs(subject: Subject) -> bool:
    said = look_up(subject.said, ("nfs", "enabled"))
    in_cluster = subject.own_value("inClusterNFS", "enabled") is True
    return said is True or (said is None and _has_server(subject) and not in_cluster)


def _service(subject: Subject) -> str:
    name = subject.own_value(SERVER, "fullnameOverride")
    return f"{name}-home-nfs" if name else "home-nfs"


def _free(mounts: dict[str, Any], own: Any) -> dict[str, Any]:
    """Return mounts whose places a hub has not taken for others of its own: a pod has one at each."""
    theirs = own.items() if isinstance(own, dict) else ()
    taken = {mount.get("mountPath") for key, mount in theirs if key not in mounts and isinstance(mount, dict)}
    return {key: mount for key, mount in mounts.items() if mount["mountPath"] not in taken}


def _mount(path: str, directory: str, *, read_only: bool = False) -> dict[str, Any]:
    mount = {"name": "home", "mountPath": path, "subPath": directory}
    return {**mount, "readOnly": True} if read_only else mount
