"""A course with ngshare and nbgrader beside a real JupyterHub: what its people can do, and others can't."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.hub.features import values
from tests.hub.grading import Desk, Exchange, first_round, installed, running_ngshare
from tests.hub.running_hub import RunningHub, running_hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

ASKED = """
auth: {type: dummy, everybody: true}
features:
  services:
    office: {scopes: ["admin:users", "tokens", "groups"]}
  grading:
    courses:
      bio101:
        instructors: [ada]
        instructor_groups: [teachers, nobody-yet]
        student_groups: [biologists]
"""
OWN = """
jupyterhub:
  hub:
    config:
      JupyterHub:
        load_groups:
          teachers: {users: [tess]}
          biologists: {users: [bob, cleo, tess]}
      DummyAuthenticator: {allow_all: true}
"""
SOURCE = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "cells": [
        {
            "cell_type": "code",
            "id": "solution",
            "metadata": {
                "nbgrader": {
                    "grade": False,
                    "grade_id": "solution",
                    "locked": False,
                    "schema_version": 3,
                    "solution": True,
                    "task": False,
                }
            },
            "source": "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION",
            "execution_count": None,
            "outputs": [],
        },
        {
            "cell_type": "code",
            "id": "test",
            "metadata": {
                "nbgrader": {
                    "grade": True,
                    "grade_id": "test",
                    "locked": True,
                    "points": 3,
                    "schema_version": 3,
                    "solution": False,
                    "task": False,
                }
            },
            "source": "assert answer == 42",
            "execution_count": None,
            "outputs": [],
        },
    ],
}


@dataclass(frozen=True, kw_only=True)
class Course:
    """A course that runs: the hub with its values, the exchange, and what the first round made."""

    hub: RunningHub
    exchange: Exchange
    values: dict[str, Any]
    directory: Path
    repository: Path
    said: list[str]

    def token(self, name: str) -> str:
        """Return a token as the hub gives it to somebody's server, for somebody who has logged in."""
        self.hub.log_in(name)
        answer = self.hub.api("office", "POST", f"/users/{name.lower()}/tokens", {"roles": ["server"]})
        return str(answer.json()["token"])

    def desk(self, name: str) -> Desk:
        """Return somebody's server, with the files that the hub gives it."""
        home = self.directory / name
        for file in self.values["jupyterhub"]["singleuser"]["extraFiles"].values():
            path = home / file["mountPath"].lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            address = "http://ngshare.hub.svc.cluster.local:8080/services/ngshare"
            assert address in file["stringData"]
            path.write_text(file["stringData"].replace(address, self.exchange.url))
        return Desk(home=home, name=name, token=self.token(name), programs=self.exchange.programs)

    def another_round(self) -> list[str]:
        return first_round(self.repository, self.directory, self.exchange, self.values)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Course]:
    directory = tmp_path_factory.mktemp("grading")
    programs = installed(repository, directory)
    asked = values(repository, ASKED, own=OWN)
    with (
        running_hub(directory, asked) as hub,
        running_ngshare(directory, programs, hub, asked) as exchange,
    ):
        said = first_round(repository, directory, exchange, asked)
        yield Course(
            hub=hub,
            exchange=exchange,
            values=asked,
            directory=directory,
            repository=repository,
            said=said,
        )


@pytest.fixture(scope="module")
def graded(course: Course) -> dict[str, Desk]:
    """One assignment on its whole way: handed out, solved by one and not by another, graded, handed back."""
    ada, bob, cleo = (course.desk(name) for name in ("ada", "bob", "cleo"))
    source = ada.home / "source/ps1"
    source.mkdir(parents=True)
    (source / "p1.ipynb").write_text(json.dumps(SOURCE))
    ada.nbgrader("generate_assignment", "ps1")
    ada.nbgrader("release_assignment", "ps1")
    for student in (bob, cleo):
        assert "bio101 ps1" in student.nbgrader("list")
        student.nbgrader("fetch_assignment", "ps1")
    fetched = bob.home / "ps1/p1.ipynb"
    text = fetched.read_text()
    assert "answer = 42" not in text
    notebook = json.loads(text)
    notebook["cells"][0]["source"] = "answer = 42"
    fetched.write_text(json.dumps(notebook))
    for student in (bob, cleo):
        student.nbgrader("submit", "ps1")
    ada.nbgrader("collect", "ps1")
    ada.nbgrader("autograde", "ps1")
    ada.nbgrader("generate_feedback", "ps1")
    ada.nbgrader("release_feedback", "ps1")
    for student in (bob, cleo):
        student.nbgrader("fetch_feedback", "ps1")
    return {"ada": ada, "bob": bob, "cleo": cleo}


def test_the_first_round_makes_what_is_declared(course: Course) -> None:
    """Somebody in both of a course's groups teaches it; groups that are not there yet have nobody in them."""
    assert course.said == [
        "made course bio101",
        "ada teaches bio101",
        "tess teaches bio101",
        "bob takes bio101",
        "cleo takes bio101",
    ]


def test_students_hand_in_and_get_points(graded: dict[str, Desk]) -> None:
    ada = graded["ada"]
    submitted = {path.relative_to(ada.home / "submitted") for path in ada.home.glob("submitted/*/*/*.ipynb")}
    assert sorted(map(str, submitted)) == ["bob/ps1/p1.ipynb", "cleo/ps1/p1.ipynb"]
    ada.nbgrader("export")
    header, *rows = [line.split(",") for line in (ada.home / "grades.csv").read_text().splitlines()]
    name, score = header.index("student_id"), header.index("raw_score")
    assert {row[name]: float(row[score]) for row in rows} == {"bob": 3.0, "cleo": 0.0}
    for student in ("bob", "cleo"):
        (feedback,) = (graded[student].home / "ps1/feedback").glob("*/p1.html")
        assert "Score:" in feedback.read_text()


def test_a_student_reads_nobody_elses_work(course: Course, graded: dict[str, Desk]) -> None:
    bob, cleo = graded["bob"].token, graded["cleo"].token
    exchange = course.exchange
    (submission,) = exchange.call(bob, "GET", "submissions/bio101/ps1/bob").json()["submissions"]
    when = f"?timestamp={submission['timestamp'].replace(' ', '%20')}"
    own = exchange.call(bob, "GET", f"feedback/bio101/ps1/bob{when}")
    assert [file["path"] for file in own.json()["files"]] == ["p1.html"]
    for path in ("submissions/bio101/ps1", "submissions/bio101/ps1/bob", "submission/bio101/ps1/bob"):
        assert exchange.call(cleo, "GET", path).status_code == 403
    assert exchange.call(cleo, "GET", f"feedback/bio101/ps1/bob{when}").status_code == 403
    assert exchange.call(cleo, "GET", "students/bio101").status_code == 403
    collected = graded["cleo"].tried("collect", "ps1")
    assert "Failed to list submissions" in collected.stdout


def test_a_student_changes_nothing_of_the_course(course: Course) -> None:
    cleo, exchange = course.token("cleo"), course.exchange
    person = {"first_name": "", "last_name": "", "email": ""}
    assert exchange.call(cleo, "POST", "course/my-own").status_code == 403
    assert exchange.call(cleo, "POST", "assignment/bio101/ps2", files="[]").status_code == 403
    assert exchange.call(cleo, "POST", "student/bio101/eve", **person).status_code == 403
    assert exchange.call(cleo, "POST", "instructor/bio101/cleo", **person).status_code == 403


@pytest.mark.parametrize("name", ["eve", "courseRoster"])
def test_others_see_nothing_of_the_course(course: Course, name: str) -> None:
    """Not even who logs in by the name of the service that may do everything."""
    token, exchange = course.token(name), course.exchange
    assert exchange.call(token, "GET", "courses").json() == {"success": True, "courses": []}
    assert exchange.call(token, "GET", "assignments/bio101").status_code == 403
    assert exchange.call(token, "DELETE", "course/bio101").status_code == 403


@pytest.mark.parametrize("token", ["", "made-up"])
def test_nobody_comes_in_without_a_token_of_the_hub(course: Course, token: str) -> None:
    for path in ("courses", "assignments/bio101", "assignment/bio101/ps1", "submissions/bio101/ps1"):
        answer = course.exchange.call(token, "GET", path)
        assert answer.status_code != 200
        assert 'success": true' not in answer.text
    assert course.exchange.call(token, "DELETE", "course/bio101").status_code == 403


def test_the_service_may_read_the_groups_of_courses_and_nothing_else(course: Course) -> None:
    course.token("ada")
    for path, status in (
        ("/groups/teachers", 200),
        ("/groups", 403),
        ("/users", 403),
        ("/groups/others", 404),
        ("/users/ada", 403),
    ):
        assert (path, course.hub.api("courseRoster", "GET", path).status_code) == (path, status)


def test_who_leaves_the_teachers_loses_the_course_and_students_stay(course: Course) -> None:
    assert course.another_round() == []
    tess = course.token("tess")
    assert course.exchange.call(tess, "GET", "students/bio101").status_code == 200
    for group in ("teachers", "biologists"):
        course.hub.api("office", "DELETE", f"/groups/{group}/users", {"users": ["tess", "cleo"]})
    course.hub.api("office", "POST", "/groups/biologists/users", {"users": ["dan"]})
    assert course.another_round() == ["tess no longer teaches bio101"]
    assert course.exchange.call(tess, "GET", "students/bio101").status_code == 403
    course.token("dan")
    course.hub.api("office", "POST", "/groups/biologists/users", {"users": ["dan"]})
    assert course.another_round() == ["dan takes bio101"]
    cleo = course.token("cleo")
    assert course.exchange.call(cleo, "GET", "courses").json()["courses"] == ["bio101"]
