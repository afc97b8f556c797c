"""What hubs ask for in short forms, as the people who use them meet it: on real servers of a real hub."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from deployer.tools.jupyterhub import Refused
from tests.cluster.conftest import loaded, merged
from tests.cluster.people import VALUES, admit, office, run, start
from tests.waiting import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.local import images
    from deployer.tools.jupyterhub import HubApi
    from tests.cluster.conftest import TestFleet

pytestmark = pytest.mark.cluster


def add_hub(fleet: TestFleet, values: dict[str, Any] | None = None, **entry: Any) -> str:
    """Add a hub on which the office acts for people. What features say is in no file of its own."""
    hub = fleet.add_hub(values={"jupyterhub": merged(VALUES, values or {})}, **entry)
    if "homes" in entry.get("features", {}):
        fleet.without(hub, "jupyterhub", "singleuser", "storage")
    if "auth" in entry:
        fleet.without(hub, "jupyterhub", "hub", "config")
    return hub


def writes(path: str) -> str:
    """A cell that says whether a file can be written."""
    return (
        f"try:\n    open('{path}/note', 'w').write('x')\n    print('written')\n"
        f"except OSError as error:\n    print(error.strerror)"
    )


def test_shared_directories_are_read_and_written_by_whom_they_are_for(fleet: TestFleet, state: Path) -> None:
    features = {
        "homes": {"kind": "volume", "volume_gb": 1},
        "shared_directories": {
            "directories": {
                "shared": {},
                "scratch": {"writers": "everybody"},
                "biology": {"readers": ["biology"], "writers": ["biology-instructors"]},
            },
            "volume": {"size_gb": 1},
        },
    }
    # The hub makes the accounts of its admins itself.
    values = {"hub": {"config": {"Authenticator": {"admin_users": ["boss"]}}}}
    hub = add_hub(fleet, values, features=features)
    assert fleet.deployed(hub)["ok"]
    with office(fleet, state, hub) as api:
        admit(api, "student", "biology")
        admit(api, "teacher", "biology-instructors")
        told = {name: told_by(api, name) for name in ("boss", "teacher", "student")}
    ro = "Read-only file system"
    assert told == {
        "boss": {"shared": ro, "shared-readwrite": "written", "scratch": "written", "biology": None},
        "teacher": {"shared": ro, "shared-readwrite": None, "scratch": "written", "biology": "written"},
        "student": {"shared": ro, "shared-readwrite": None, "scratch": "written", "biology": ro},
    }


def told_by(api: HubApi, name: str) -> dict[str, str | None]:
    """Return for each directory what happened when somebody wrote to it, None when it is no mount."""
    path = start(api, name)
    paths = {each: f"/home/jovyan/{each}" for each in ("shared", "shared-readwrite", "scratch", "biology")}
    mounts = "print([line.split()[1] for line in open('/proc/mounts')])"
    mounted, *outputs = run(api, name, path, mounts, *(writes(each) for each in paths.values()))
    api.stop_server(name)
    return {
        each: output.stdout.strip() if f"'{paths[each]}'" in mounted.stdout else None
        for each, output in zip(paths, outputs, strict=True)
    }


def test_a_home_on_a_volume_of_its_own_is_there_again_the_next_time(fleet: TestFleet, state: Path) -> None:
    hub = add_hub(fleet, features={"homes": {"kind": "volume", "volume_gb": 1}})
    assert fleet.deployed(hub)["ok"]
    word = secrets.token_hex(8)
    with office(fleet, state, hub) as api:
        admit(api, "ada")
        run(api, "ada", start(api, "ada"), f"open('/home/jovyan/note', 'w').write('{word}')")
        stop(api, "ada")
        (read,) = run(api, "ada", start(api, "ada"), "print(open('/home/jovyan/note').read())")
    assert read.stdout.strip() == word


def stop(api: HubApi, name: str) -> None:
    api.stop_server(name)
    deadline = time.monotonic() + 60
    while api.server(name) is not None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert api.server(name) is None


def test_a_profile_is_for_its_groups_only(fleet: TestFleet, state: Path) -> None:
    profiles = [
        {
            "display_name": "Small",
            "default": True,
            "kubespawner_override": {"environment": {"SIZE": "small"}},
        },
        {
            "display_name": "Large",
            "allowed_groups": ["Power-Users"],
            "kubespawner_override": {"environment": {"SIZE": "large"}},
        },
    ]
    hub = add_hub(fleet, {"singleuser": {"profileList": profiles}})
    assert fleet.deployed(hub)["ok"]
    size = "import os; print(os.environ['SIZE'])"
    with office(fleet, state, hub) as api:
        admit(api, "grace", "power-users")
        admit(api, "alan")
        (large,) = run(api, "grace", start(api, "grace", profile="large"), size)
        with pytest.raises(AssertionError, match="did not start"):
            start(api, "alan", profile="large")
        (small,) = run(api, "alan", start(api, "alan", profile="small"), size)
    assert (large.stdout.strip(), small.stdout.strip()) == ("large", "small")


@pytest.fixture(scope="session")
def postgresql(built: dict[str, images.BuiltImage]) -> str:
    """The image of a database, known to the cluster: its reference."""
    return loaded(built["postgresql"])


def test_each_person_has_a_database_that_keeps_what_is_in_it(
    fleet: TestFleet, state: Path, postgresql: str
) -> None:
    features = {"homes": {"kind": "volume", "volume_gb": 1}, "databases": {"image": postgresql}}
    hub = add_hub(fleet, features=features)
    assert fleet.deployed(hub)["ok"]
    with office(fleet, state, hub) as api:
        admit(api, "ada")
        path = start(api, "ada")
        (made,) = run(api, "ada", path, QUERY.format("CREATE TABLE t (x int); INSERT INTO t VALUES (42)"))
        stop(api, "ada")
        (kept,) = run(api, "ada", start(api, "ada"), QUERY.format("SELECT x FROM t"))
    assert (made.error, kept.stdout) == (None, "42\n")


QUERY = """
import socket, struct
def message(kind, body):
    return kind + struct.pack("!i", len(body) + 4) + body
connection = socket.create_connection(("127.0.0.1", 5432), timeout=60)
connection.sendall(message(b"", struct.pack("!i", 196608) + b"user\\0jovyan\\0database\\0jovyan\\0\\0"))
connection.sendall(message(b"Q", b"{}\\0"))
connection.sendall(message(b"X", b""))
answer = b"".join(iter(lambda: connection.recv(65536), b""))
at = 0
while at < len(answer):
    kind, length = answer[at : at + 1], struct.unpack("!i", answer[at + 1 : at + 5])[0]
    body = answer[at + 5 : at + 1 + length]
    at += 1 + length
    if kind == b"E":
        raise RuntimeError(body)
    if kind == b"D":
        print(body[6:].decode())
"""
"""PostgreSQL's protocol 3, as far as one query needs it: the user image has no client."""


def logged_in(url: str, name: str, password: str) -> bool:
    """Log in through the form, as a person does."""
    with requests.Session() as browser:
        browser.trust_env = False
        browser.get(f"{url}hub/login", timeout=30)
        form = {"_xsrf": browser.cookies.get("_xsrf", path="/hub/"), "username": name, "password": password}
        answer = browser.post(f"{url}hub/login", data=form, timeout=30, allow_redirects=False)
        return answer.status_code == 302


def test_a_shared_password_lets_in_whoever_knows_it(fleet: TestFleet, state: Path) -> None:
    word = secrets.token_urlsafe(24)
    hub = add_hub(fleet, auth={"type": "shared-password", "everybody": True})
    config = {"SharedPasswordAuthenticator": {"user_password": word}}
    fleet.add_secret(hub, {"jupyterhub": {"hub": {"config": config}}})
    assert fleet.deployed(hub)["ok"]
    with office(fleet, state, hub) as api:
        assert not logged_in(api.url, "ada", "wrong")
        assert logged_in(api.url, "ada", word)
        (answer,) = run(api, "ada", start(api, "ada"), "6 * 7")
    assert answer.result == "42"


def test_somebody_comes_without_a_name_and_leaves_nothing(fleet: TestFleet, state: Path) -> None:
    hub = add_hub(fleet, auth={"type": "temporary"})
    assert fleet.deployed(hub)["ok"]
    with office(fleet, state, hub) as api, requests.Session() as browser:
        browser.trust_env = False
        browser.get(f"{api.url}hub/tmplogin", timeout=30, allow_redirects=False)
        home = browser.get(f"{api.url}hub/home", timeout=30, allow_redirects=True)
        (person,) = [
            user["name"] for user in api.request("GET", "hub/api/users").json() if len(user["name"]) == 36
        ]
        (answer,) = run(api, person, start(api, person), "6 * 7")
    assert (home.status_code, answer.result) == (200, "42")


def test_a_server_is_stopped_when_the_hours_are_used_up(fleet: TestFleet, state: Path) -> None:
    """With 36 seconds a day: the next look of the hub, within a minute, finds them used."""
    hub = add_hub(fleet, features={"compute_quota": {"hours": 0.01, "window_days": 1}})
    assert fleet.deployed(hub)["ok"]
    with office(fleet, state, hub) as api:
        admit(api, "ada")
        start(api, "ada")
        wait_for(lambda: api.server("ada") is None, "the server of ada was stopped", every=1)
        with pytest.raises((AssertionError, Refused), match=r"did not start|403"):
            start(api, "ada")


def test_templates_come_in_an_image_with_a_page_of_the_hubs_own_before_them(
    fleet: TestFleet, state: Path, built: dict[str, images.BuiltImage]
) -> None:
    reference = loaded(built["pages"])
    templates = {"image": reference, "image_directory": "/srv/templates", "directory": "config/templates"}
    hub = add_hub(fleet, features={"templates": templates})
    (fleet.root / "config/templates").mkdir()
    page = "{% extends 'parts/frame.html' %}{% block main %}Gone{% endblock %}"
    (fleet.root / "config/templates/404.html").write_text(page)
    assert fleet.deployed(hub)["ok"]
    with office(fleet, state, hub) as api:
        shown = [requests.get(f"{api.url}hub/{each}", timeout=60).text for each in ("login", "no-such-page")]
    assert shown == ["<main>Come in by an image</main>", "<main>Gone by an image</main>"]


def test_an_image_without_the_templates_is_told_by_the_deploy(
    fleet: TestFleet, built: dict[str, images.BuiltImage]
) -> None:
    hub = add_hub(fleet, features={"templates": {"image": loaded(built["pages"])}})
    done = fleet.deploy(hub)
    assert done.returncode == 1
    assert "image-templates" in done.stderr
    assert "/templates/." in done.stderr
