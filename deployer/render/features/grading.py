"""Courses with assignments of nbgrader, exchanged through ngshare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that switch ngshare on; what hub and servers have to know is computed."""
    made: dict[str, Any] = {
        "enabled": True,
        "admins": settings["admins"],
        "courses": settings["courses"],
        "size": f"{settings['storage_gb']}Gi",
    }
    if "storage_class" in settings:
        made["storageClass"] = settings["storage_class"]
    if "image" in settings:
        made["image"] = settings["image"]
    return {"ngshare": made}
