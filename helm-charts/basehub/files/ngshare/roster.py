"""Keeps the courses of ngshare as the hub declares them: which there are, and who teaches and takes them.

It runs beside ngshare and needs nothing but Python. Instructors who are no longer declared lose a course at
the next round; students stay, since ngshare hides the work of those who have left, and instructors may add
students that nobody declares. What can't be done in a round is said, and tried again in the next.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

SECONDS_BETWEEN_ROUNDS = 30
PATIENCE = 30
NOT_FOUND = 404


class Caller:
    """Calls an API with a token."""

    def __init__(self, url: str, token: str) -> None:
        """Take the address that paths are appended to."""
        self.url = url.rstrip("/")
        self.token = token

    def __call__(self, method: str, *path: str, **form: str) -> Any:
        """Send a form to a path, given part by part; return what the JSON of the answer says.

        Raises:
            OSError: no answer, or one that is no success.
        """
        address = "/".join([self.url, *(urllib.parse.quote(part, safe="") for part in path)])
        data = urllib.parse.urlencode(form).encode() if method == "POST" else None
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(address, data=data, headers=headers, method=method)  # noqa: S310 - ours
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - ours
            return json.load(answer)


def keep(ngshare: Caller, hub: Caller, declared: dict[str, dict[str, list[str]]]) -> list[str]:
    """Do one round; return what was done, and what failed, a sentence each."""
    there = set(ngshare("GET", "courses")["courses"])
    said = []
    for name, course in sorted(declared.items()):
        try:
            if name not in there:
                ngshare("POST", "course", name)
                said.append(f"made course {name}")
            said += _keep_people(ngshare, hub, name, course)
        except OSError as error:
            said.append(f"course {name} is not as declared: {error}")
    return said


def _keep_people(ngshare: Caller, hub: Caller, name: str, course: dict[str, list[str]]) -> list[str]:
    teaching = _people(hub, course, "instructor")
    # Whoever teaches a course can't take it.
    taking = _people(hub, course, "student") - teaching
    taught = {person["username"] for person in ngshare("GET", "instructors", name)["instructors"]}
    said = []
    for person in sorted(teaching - taught):
        ngshare("POST", "instructor", name, person, first_name="", last_name="", email="")
        said.append(f"{person} teaches {name}")
    for person in sorted(taught - teaching):
        ngshare("DELETE", "instructor", name, person)
        said.append(f"{person} no longer teaches {name}")
    taken = {person["username"] for person in ngshare("GET", "students", name)["students"]}
    if new := sorted(taking - taken):
        entries = [{"username": person, "first_name": "", "last_name": "", "email": ""} for person in new]
        ngshare("POST", "students", name, students=json.dumps(entries))
        said += [f"{person} takes {name}" for person in new]
    return said


def _people(hub: Caller, course: dict[str, list[str]], what: str) -> set[str]:
    groups = [_members(hub, group) for group in course.get(f"{what}_groups", [])]
    return set(course.get(f"{what}s", [])).union(*groups)


def _members(hub: Caller, group: str) -> set[str]:
    try:
        return set(hub("GET", "groups", group)["users"])
    except urllib.error.HTTPError as error:
        # Groups that come with sign-in are there once the first of their members is.
        if error.code == NOT_FOUND:
            return set()
        raise


def main() -> None:
    """Do rounds until the pod ends."""
    token = os.environ["JUPYTERHUB_API_TOKEN"]
    ngshare = Caller(os.environ["NGSHARE_URL"], token)
    hub = Caller(os.environ["JUPYTERHUB_API_URL"], token)
    while True:
        try:
            # Read anew: Kubernetes writes another file when the hub's courses change.
            declared = json.loads(Path(os.environ["NGSHARE_COURSES"]).read_text(encoding="utf-8"))
            said = keep(ngshare, hub, declared)
        except (OSError, ValueError) as error:
            said = [f"not looked at: {error}"]
        for sentence in said:
            print(sentence, flush=True)  # noqa: T201 - its log
        time.sleep(SECONDS_BETWEEN_ROUNDS)


if __name__ == "__main__":
    main()
