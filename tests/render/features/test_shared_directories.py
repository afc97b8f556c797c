from __future__ import annotations

from typing import Any

import pytest

from tests.render.features.asking import asked


def mount(directory: str, path: str, *, read_only: bool, volume: str = "home") -> dict[str, Any]:
    return {"name": volume, "mountPath": f"/home/jovyan/{path}", "subPath": directory, "readOnly": read_only}


def test_everybody_reads_and_admins_write_unless_said_otherwise() -> None:
    assert asked("features: {shared_directories: {directories: {shared: {}}}}") == {
        "jupyterhub": {
            "custom": {
                "singleuserAdmin": {
                    "extraVolumeMounts": {
                        "shared-directory-shared-readwrite": mount(
                            "_shared", "shared-readwrite", read_only=False
                        )
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


def test_what_is_for_groups_is_not_what_homes_show_to_everybody() -> None:
    text = "features: {shared_directories: {directories: {shared: {readers: [a]}}}}"
    assert asked(text)["jupyterhub"]["singleuser"]["storage"]["extraVolumeMounts"] == {
        "002-shared-volumemount": None,
        "004-rstudio-shared-volumemount": None,
    }
