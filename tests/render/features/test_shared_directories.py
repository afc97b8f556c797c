"""Shared directories: whole values, and the mounts that a real KubeSpawner gives to people of each kind."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from kubespawner import KubeSpawner
from traitlets.config import Config

from tests.render.features.asking import asked

COURSES = """
features:
  shared_directories:
    directories:
      shared: {}
      scratch: {writers: everybody}
      biology: {readers: [biology], writers: [biology-instructors]}
"""


def mount(directory: str, path: str, *, read_only: bool, volume: str = "home") -> dict[str, Any]:
    return {"name": volume, "mountPath": f"/home/jovyan/{path}", "subPath": directory, "readOnly": read_only}


def test_everybody_reads_and_admins_write_unless_said_otherwise() -> None:
    assert asked("features: {shared_directories: {directories: {shared: {}}}}") == {
        "jupyterhub": {
            "custom": {
                "singleuserAdmin": {
                    "extraVolumeMounts": {
                        "shared-directory-shared": mount("_shared", "shared-readwrite", read_only=False)
                    }
                }
            },
            "hub": {"config": {"KubeSpawner": {"group_overrides": {}}}},
            "singleuser": {
                "storage": {
                    "extraVolumeMounts": {
                        "shared-directory-shared": mount("_shared", "shared", read_only=True)
                    }
                }
            },
        }
    }


@pytest.mark.parametrize(
    ("volume", "made", "claim"),
    [
        (
            "{size_gb: 5, storage_class: files}",
            {"enabled": True, "size": "5Gi", "storageClass": "files"},
            None,
        ),
        ("{size_gb: 5}", {"enabled": True, "size": "5Gi"}, None),
        ("{claim: materials}", {"enabled": False}, "materials"),
    ],
)
def test_directories_may_have_a_volume_of_their_own(
    volume: str, made: dict[str, Any], claim: str | None
) -> None:
    found = asked(f"features: {{shared_directories: {{directories: {{a: {{}}}}, volume: {volume}}}}}")
    assert found["sharedVolume"] == made
    assert found["jupyterhub"]["singleuser"]["storage"] == {
        "extraVolumes": {
            "shared": {
                "name": "shared",
                "persistentVolumeClaim": {"claimName": claim or "shared-directories"},
            }
        },
        "extraVolumeMounts": {"shared-directory-a": mount("_shared/a", "a", read_only=True, volume="shared")},
    }


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], {"shared": True, "scratch": False}),
        (["chemistry"], {"shared": True, "scratch": False}),
        (["biology"], {"shared": True, "scratch": False, "biology": True}),
        (["biology-instructors"], {"shared": True, "scratch": False, "biology": False}),
        (["biology", "biology-instructors"], {"shared": True, "scratch": False, "biology": False}),
    ],
)
def test_a_real_spawner_mounts_what_somebodys_groups_may_read_and_write(
    groups: list[str], expected: dict[str, bool]
) -> None:
    """`expected` has the directories that somebody gets, and whether each is read-only."""
    values = asked(COURSES)["jupyterhub"]
    config = Config(KubeSpawner=values["hub"]["config"]["KubeSpawner"])
    config.KubeSpawner.volume_mounts = dict(values["singleuser"]["storage"]["extraVolumeMounts"])
    spawner = KubeSpawner(_mock=True, config=config)
    spawner.user = SimpleNamespace(groups=[SimpleNamespace(name=name) for name in groups])
    asyncio.run(spawner.apply_group_overrides())
    got = {
        each["mountPath"].removeprefix("/home/jovyan/"): each["readOnly"]
        for each in spawner.volume_mounts.values()
    }
    assert got == expected
