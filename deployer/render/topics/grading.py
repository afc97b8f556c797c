"""ngshare, the exchange of assignments: what it may ask the hub, and how servers reach it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

CHART = "ngshare"
SERVICE = "courseRoster"
"""The service that keeps the courses, an admin of ngshare.

ngshare knows people and services by their names alone, so nobody may be called so: JupyterHub makes names of
users lower-case, and the one kind of sign-in that does not, MediaWiki's, makes their first letter a capital.
"""

_ROLE = "course-roster"
_CONFIG = "/etc/jupyter/nbgrader_config.py"
_KEY = "config--etc--jupyter--nbgrader_config.py"
"""What `config_files` calls a file at that path: a hub that writes its own has that one."""
_ALL = "*"


def grading(subject: Subject) -> dict[str, Any]:
    """Let ngshare read who is in the groups of its courses, and tell nbgrader of it on every server.

    z2jh makes the token, which is in the hub's Secret.
    """
    if subject.own_value(CHART, "enabled") is not True:
        return {}
    courses = subject.own_value(CHART, "courses")
    named = {
        str(name): course
        for name, course in (courses.items() if isinstance(courses, dict) else ())
        if isinstance(course, dict)
    }
    scopes = [f"read:groups!group={group}" for group in _groups(named)]
    roles = {_ROLE: {"services": [SERVICE], "scopes": scopes}} if scopes else {}
    config = {"mountPath": _CONFIG, "stringData": _nbgrader_config(subject, named)}
    hub = f"http://{subject.named('hub')}.{subject.hub.namespace}.svc.cluster.local:8081"
    return {
        CHART: {"hub": {"apiUrl": f"{hub}{subject.base_url}hub/api", "secret": subject.named("hub")}},
        "jupyterhub": {
            "hub": {"services": {SERVICE: {"display": False}}, **({"loadRoles": roles} if roles else {})},
            "singleuser": {"extraFiles": {_KEY: config}},
        },
    }


def _groups(courses: Mapping[str, Mapping[str, Any]]) -> list[str]:
    said = [
        group
        for course in courses.values()
        for key in ("instructor_groups", "student_groups")
        for group in course.get(key) or ()
    ]
    return sorted(set(said))


def _nbgrader_config(subject: Subject, courses: Mapping[str, Any]) -> str:
    # Students see all of theirs; to make assignments, nbgrader wants to know of which course.
    course = next(iter(courses)) if len(courses) == 1 else _ALL
    address = f"http://{CHART}.{subject.hub.namespace}.svc.cluster.local:8080/services/{CHART}"
    lines = [
        "from ngshare_exchange import configureExchange",
        "",
        "c = get_config()",
        f"configureExchange(c, {json.dumps(address)})",
        f"c.CourseDirectory.course_id = {json.dumps(course)}",
    ]
    return "\n".join(lines) + "\n"
