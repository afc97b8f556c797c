"""What users' servers mount."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.server_mounts import server_mount
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

STORAGE = "jupyterhub: {singleuser: {storage: {extraVolumeMounts: {data: {name: data, mountPath: /data}}}}}"
KNOWN = "known: `dev-shm`, `files`, `volume-{user_server}`"


def test_a_mount_without_its_volume_is_told_where_it_was_written(values: Making) -> None:
    assert found(server_mount, values(STORAGE)) == [f"1:1:64: servers have no such volume: `data`; {KNOWN}"]


def test_mounts_of_admins_are_looked_at(values: Making) -> None:
    text = "jupyterhub: {custom: {singleuserAdmin: {extraVolumeMounts: {all: {name: all, mountPath: /all}}}}}"
    assert found(server_mount, values(text)) == [f"1:1:67: servers have no such volume: `all`; {KNOWN}"]


@pytest.mark.parametrize(
    "text",
    [
        "jupyterhub: {singleuser: {storage: {extraVolumes: {any: {name: data, emptyDir: {}}}}}}",
        "jupyterhub: {singleuser: {storage: {dynamic: {volumeNameTemplate: data}}}}",
        "jupyterhub: {singleuser: {storage: {type: else}}}",
        "jupyterhub: {hub: {config: {KubeSpawner: {volumes: [{name: data, emptyDir: {}}]}}}}",
        f"jupyterhub: {{singleuser: {{storage: {{extraVolumeMounts: {{data: {{name: '{ENCRYPTED}'}}}}}}}}}}",
    ],
)
def test_volumes_come_from_several_places_and_some_are_not_known(values: Making, text: str) -> None:
    assert found(server_mount, values(STORAGE, text)) == []


def test_static_homes_are_a_volume(values: Making) -> None:
    text = """\
    jupyterhub:
      singleuser:
        storage:
          type: static
          static: {pvcName: homes}
          extraVolumes: [{name: data, emptyDir: {}}]
          extraVolumeMounts: [{name: home, mountPath: /all}, {name: data, mountPath: /data}]
    """
    assert found(server_mount, values(text)) == []
