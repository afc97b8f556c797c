"""Where homes are: on the hub's own server, on another, in the cluster, or on a volume for each user."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from deployer.render.paths import look_up
from tests.render.topics.making import computed

ON_A_DISK = "jupyterhub-home-nfs: {gke: {volumeId: disk-1}}"
ON_NFS = "nfs: {enabled: true, pv: {serverIP: 10.1.2.3}}"
IN_CLUSTER = "inClusterNFS: {enabled: true}"


@pytest.mark.parametrize("kind", ["gke", "eks", "openstack"])
def test_a_disk_asks_for_the_hubs_own_server_with_quotas_kept_beside_homes(kind: str) -> None:
    assert computed("home server", f"jupyterhub-home-nfs: {{{kind}: {{volumeId: disk-1}}}}") == {
        "jupyterhub-home-nfs": {
            "enabled": True,
            kind: {"enabled": True},
            "quotaEnforcer": {
                "config": {
                    "QuotaManager": {
                        "paths": ["/export/hub"],
                        "projects_file": "/export/hub/.projects",
                        "projid_file": "/export/hub/.projid",
                    }
                }
            },
        }
    }


def test_a_server_that_is_asked_for_needs_no_disk_of_a_cloud() -> None:
    found = computed("home server", "jupyterhub-home-nfs: {enabled: true}")["jupyterhub-home-nfs"]
    assert sorted(found) == ["enabled", "quotaEnforcer"]


@pytest.mark.parametrize("values", ["{}", "jupyterhub-home-nfs: {enabled: false, gke: {volumeId: disk-1}}"])
def test_without_a_disk_or_when_it_is_not_wanted_there_is_no_server(values: str) -> None:
    assert computed("home server", values) == {}
    assert computed("home volume", values) == {}
    assert computed("homes", values) == {}


def test_nodes_of_gke_find_the_server_by_its_name() -> None:
    assert computed("home volume", ON_A_DISK) == {
        "nfs": {
            "enabled": True,
            "pv": {
                "serverIP": "storage-quota-home-nfs.hub.svc.cluster.local",
                "mountOptions": ["soft", "noatime"],
            },
        }
    }


def test_nodes_elsewhere_have_to_be_told_its_address() -> None:
    found = computed("home volume", "jupyterhub-home-nfs: {eks: {volumeId: vol-1}}", provider="aws")
    assert found["nfs"]["enabled"] is True
    assert sorted(found["nfs"]["pv"]) == ["mountOptions"]


def test_a_server_that_does_not_measure_itself_is_measured() -> None:
    found = computed("home volume", ON_NFS, provider="kubeconfig")["nfs"]
    assert found == {
        "enabled": True,
        "pv": {"mountOptions": ["soft", "noatime", "vers=4.2"]},
        "dirsizeReporter": {"reportTotalSize": True},
        "volumeReporter": {"enabled": True},
    }


def mount(path: str, directory: str, **more: Any) -> dict[str, Any]:
    return {"name": "home", "mountPath": path, "subPath": directory, **more}


HOMES = {
    "jupyterhub": {
        "custom": {
            "singleuserAdmin": {
                "extraVolumeMounts": {
                    "001-shared-readwrite-volumemount": mount("/home/jovyan/shared-readwrite", "_shared"),
                    "002-shared-readwrite-rstudio-volumemount": mount(
                        "/home/rstudio/shared-readwrite", "_shared"
                    ),
                }
            }
        },
        "hub": {"config": {"KubeSpawner": {"working_dir": "/home/jovyan"}}},
        "singleuser": {
            "storage": {
                "type": "static",
                "static": {"pvcName": "home-nfs", "subPath": "{escaped_username}"},
                "extraVolumeMounts": {
                    "002-shared-volumemount": mount("/home/jovyan/shared", "_shared", readOnly=True),
                    "003-rstudio-volumemount": mount("/home/rstudio", "{escaped_username}"),
                    "004-rstudio-shared-volumemount": mount("/home/rstudio/shared", "_shared", readOnly=True),
                },
            }
        },
    }
}


@pytest.mark.parametrize("values", [ON_A_DISK, ON_NFS, IN_CLUSTER])
def test_homes_and_what_is_shared_are_directories_of_one_claim(values: str) -> None:
    assert computed("homes", values) == HOMES


def test_a_hubs_own_mounts_take_the_places_of_ours() -> None:
    own = """
    jupyterhub:
      singleuser:
        storage:
          extraVolumeMounts:
            mine: {name: home, mountPath: /home/jovyan/shared, subPath: _ours}
            003-rstudio-volumemount: {name: home, mountPath: /home/rstudio, subPath: _else}
      custom: {singleuserAdmin: {extraVolumeMounts: {mine: {mountPath: /home/jovyan/shared-readwrite}}}}
    """
    found = computed("homes", f"{ON_NFS}\n{dedent(own)}")["jupyterhub"]
    assert sorted(found["singleuser"]["storage"]["extraVolumeMounts"]) == [
        "003-rstudio-volumemount",
        "004-rstudio-shared-volumemount",
    ]
    assert sorted(found["custom"]["singleuserAdmin"]["extraVolumeMounts"]) == [
        "002-shared-readwrite-rstudio-volumemount"
    ]


@pytest.mark.parametrize(("values", "kept"), [(ON_NFS, True), (IN_CLUSTER, False), ("{}", False)])
def test_databases_stay_off_nfs(values: str, kept: bool) -> None:
    files = look_up(computed("databases off NFS", values), ("jupyterhub", "singleuser", "extraFiles")) or {}
    assert {name: file["mountPath"] for name, file in files.items()} == (
        {
            "deployer-kernels": "/usr/local/etc/ipython/ipython_kernel_config.json",
            "deployer-databases": "/usr/local/etc/jupyter/jupyter_server_config.d/deployer-databases.json",
        }
        if kept
        else {}
    )


def test_homes_in_the_cluster_leave_the_disk_to_something_else() -> None:
    assert computed("home volume", f"{ON_A_DISK}\n{IN_CLUSTER}") == {}


def test_every_server_has_shared_memory() -> None:
    storage = computed("shared memory")["jupyterhub"]["singleuser"]["storage"]
    assert storage == {
        "extraVolumes": {"001-shm-volume": {"name": "dev-shm", "emptyDir": {"medium": "Memory"}}},
        "extraVolumeMounts": {"001-shm-volumemount": {"name": "dev-shm", "mountPath": "/dev/shm"}},
    }
