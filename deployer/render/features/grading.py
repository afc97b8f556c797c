"""Courses with assignments of nbgrader, exchanged through ngshare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deployer.render.subject import Subject

_PEOPLE = ("instructors", "students")


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that switch ngshare on; what hub and servers have to know is computed."""
    courses = {
        name: {key: _small(names) if key in _PEOPLE else names for key, names in course.items()}
        for name, course in settings["courses"].items()
    }
    made: dict[str, Any] = {
        "enabled": True,
        "admins": _small(settings["admins"]),
        "courses": courses,
        "size": f"{settings['storage_gb']}Gi",
    }
    if "storage_class" in settings:
        made["storageClass"] = settings["storage_class"]
    if "image" in settings:
        made["image"] = settings["image"]
    return {"ngshare": made}


def _small(names: Iterable[str]) -> list[str]:
    # As JupyterHub makes names of users, by which alone ngshare knows them.
    return list(dict.fromkeys(name.lower() for name in names))
