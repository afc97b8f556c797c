"""What hub and servers have to know of ngshare."""

from __future__ import annotations

from tests.render.topics.making import computed

ADDRESS = "http://ngshare.hub.svc.cluster.local:8080/services/ngshare"


def config(course: str) -> dict[str, str]:
    text = f"""\
from ngshare_exchange import configureExchange

c = get_config()
configureExchange(c, "{ADDRESS}")
c.CourseDirectory.course_id = "{course}"
"""
    return {"mountPath": "/etc/jupyter/nbgrader_config.py", "stringData": text}


def test_a_hub_without_it_is_told_nothing() -> None:
    assert computed("grading", "{}") == {}


def test_the_service_may_read_the_groups_of_the_courses() -> None:
    courses = "{bio101: {instructors: [ada], instructor_groups: [b, a]}, bio102: {student_groups: [a]}}"
    assert computed("grading", f"ngshare: {{enabled: true, courses: {courses}}}") == {
        "ngshare": {"hub": {"apiUrl": "http://hub.hub.svc.cluster.local:8081/hub/api", "secret": "hub"}},
        "jupyterhub": {
            "hub": {
                "services": {"courseRoster": {"display": False}},
                "loadRoles": {
                    "course-roster": {
                        "services": ["courseRoster"],
                        "scopes": ["read:groups!group=a", "read:groups!group=b"],
                    }
                },
            },
            "singleuser": {"extraFiles": {"config--etc--jupyter--nbgrader_config.py": config("*")}},
        },
    }


def test_without_groups_it_may_do_nothing_and_one_course_is_that_of_every_server() -> None:
    found = computed("grading", "ngshare: {enabled: true, courses: {bio101: {instructors: [a]}, old: null}}")
    assert found["jupyterhub"] == {
        "hub": {"services": {"courseRoster": {"display": False}}},
        "singleuser": {"extraFiles": {"config--etc--jupyter--nbgrader_config.py": config("bio101")}},
    }


def test_addresses_follow_names_and_path() -> None:
    values = "{ngshare: {enabled: true}, jupyterhub: {fullnameOverride: jhub, hub: {baseUrl: /one}}}"
    assert computed("grading", values)["ngshare"]["hub"] == {
        "apiUrl": "http://jhub-hub.hub.svc.cluster.local:8081/one/hub/api",
        "secret": "jhub-hub",
    }
