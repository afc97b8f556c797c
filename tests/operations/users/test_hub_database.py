"""What the program for the database does to that of a real JupyterHub with hundreds of users."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
import warnings
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import requests
from jupyterhub import app as _app  # noqa: F401 imported once, not by each step

from tests.hub.running_hub import PATIENCE, SOURCES, running_hub
from tests.operations.users.carrying_out import carry_out, carry_out_here, plan_file

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it describes a setting in a way that traitlets calls old
    import kubespawner as _kubespawner  # noqa: F401 for its setting to be described here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.running_hub import RunningHub
    from tests.operations.users.carrying_out import Done

pytestmark = pytest.mark.integration

ADMIN = "an-admin-service"
CONFIG = str(SOURCES / "jupyterhub_config.py")
PEOPLE = [f"student-{number}@campus.example" for number in range(300)]
KEEPER = "keeper"
PAIRS = [[name, name.replace("campus", "university")] for name in PEOPLE]
NEW = dict(PAIRS)
ADA, BOB, CAROL = PEOPLE[:3]

VALUES = {
    "jupyterhub": {
        "hub": {
            "config": {
                "JupyterHub": {"authenticator_class": "dummy", "db_url": "sqlite:///hub.sqlite"},
                "DummyAuthenticator": {"allow_all": True},
            },
            "services": {ADMIN: {}},
            "loadRoles": {
                ADMIN: {
                    "services": [ADMIN],
                    "scopes": [
                        "admin:users",
                        "admin:servers",
                        "admin:groups",
                        "tokens",
                        "shares",
                        "read:roles",
                    ],
                },
                # What people may ask for in tokens of their own, beyond what everybody may.
                "user": {"scopes": ["self", "shares!user", "read:users:name", "read:groups:name"]},
            },
        }
    }
}


class Populated:
    """A directory with a hub's database, and what its people hold."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environ: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, int] = {}

    def fill(self, hub: RunningHub) -> None:
        """Have groups, tokens, a server that has stopped, and a share of it."""
        for start in range(0, len(PEOPLE), 25):  # a request for all may take longer than anybody waits
            ok(hub.api(ADMIN, "POST", "/users", {"usernames": PEOPLE[start : start + 25]}))
        ok(hub.api(ADMIN, "POST", "/users", {"usernames": [KEEPER]}))
        for group, members in {"odd": PEOPLE[1::2], "all": [*PEOPLE, KEEPER]}.items():
            ok(hub.api(ADMIN, "POST", f"/groups/{group}", {"users": members}))
        for name in (*PEOPLE[:40], KEEPER):
            made = ok(hub.api(ADMIN, "POST", f"/users/{name}/tokens", {"note": "a script"}))
            self.tokens[name] = made["token"]
        narrow = {"scopes": [f"read:servers!server={ADA}/", f"access:servers!user={ADA}"]}
        made = ok(hub.api(ADMIN, "POST", f"/users/{ADA}/tokens", narrow))
        self.tokens["narrow"] = made["token"]
        start_and_stop(hub, ADA)
        ok(hub.api(ADMIN, "POST", f"/shares/{ADA}/", {"user": BOB}))
        self.ids = {user["name"]: user["id"] for user in rows(hub)}

    def run(self, mode: str, **plan: Any) -> Done:
        """Run a step of the program on the database."""
        whole = {"pairs": PAIRS, "claims": [], "backup": "backup.sqlite", "external": False, **plan}
        path = plan_file(self.directory, whole)
        return carry_out_here(
            "hub_database", mode, CONFIG, path, directory=self.directory, environ=self.environ
        )

    def again(self) -> Any:
        """The hub, running on the same database."""
        return running_hub(self.directory, VALUES)

    def query(self, text: str) -> list[Any]:
        """Ask the database itself."""
        with closing(sqlite3.connect(self.directory / "hub.sqlite")) as database:
            found = database.execute(text).fetchall()
            database.commit()
            return found


def ok(response: requests.Response) -> Any:
    assert response.status_code < 300, response.text
    return response.json() if response.content else None


def rows(hub: RunningHub) -> list[dict[str, Any]]:
    """Every user's row, without and with the numbers of it."""
    with closing(
        sqlite3.connect(
            "file:" + hub.environ["HUB_TEST_VALUES"].replace("values.json", "hub.sqlite"), uri=True
        )
    ) as database:
        return [
            {"id": number, "name": name} for number, name in database.execute("select id, name from users")
        ]


def start_and_stop(hub: RunningHub, name: str) -> None:
    ok(hub.api(ADMIN, "POST", f"/users/{name}/server"))
    wait(lambda: hub.api(ADMIN, "GET", f"/users/{name}").json()["servers"].get("", {}).get("ready"))
    ok(hub.api(ADMIN, "DELETE", f"/users/{name}/server"))
    wait(lambda: not hub.api(ADMIN, "GET", f"/users/{name}").json()["servers"])


def wait(condition: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def whoami(hub: RunningHub, token: str) -> tuple[str, list[str]]:
    """Whose token it is, as the hub sees it, and what it may do."""
    headers = {"Authorization": f"token {token}"}
    user = ok(requests.get(f"{hub.url}/hub/api/user", headers=headers, timeout=PATIENCE))
    return user["name"], user["scopes"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Populated:
    """A hub with people, which has stopped."""
    made = Populated(tmp_path_factory.mktemp("filled"))
    with running_hub(made.directory, VALUES) as hub:
        made.environ = dict(hub.environ)
        made.fill(hub)
    return made


@pytest.fixture
def populated(filled: Populated, tmp_path: Path) -> Populated:
    """A copy of it that a test may change."""
    shutil.copytree(filled.directory, tmp_path / "hub")
    made = Populated(tmp_path / "hub")
    made.tokens, made.ids = filled.tokens, filled.ids
    made.environ = {**filled.environ, "HUB_TEST_VALUES": str(tmp_path / "hub/values.json")}
    return made


def test_a_look_tells_who_is_there(populated: Populated) -> None:
    done = populated.run("look")
    assert done.status == 0, done.output
    users = {user["name"]: user for user in done.told["users"]}
    assert {name: user["id"] for name, user in users.items()} == populated.ids
    assert users[ADA]["servers"] == {"": {"active": False, "claim": None}}
    assert (users[BOB]["id"], users[BOB]["admin"]) == (populated.ids[BOB], False)
    assert (done.told["database"], done.told["spawner"]) == ("sqlite", None)


def test_groups_roles_tokens_and_shares_stay_with_the_people(populated: Populated) -> None:
    checked = populated.run("check")
    assert (checked.status, checked.told["database"]) == (0, "sqlite"), checked.output
    renamed = populated.run("rename")
    assert renamed.status == 0, renamed.output
    assert (renamed.told["renamed"], renamed.told["absent"]) == (300, [])

    with populated.again() as hub:
        assert {user["name"]: user["id"] for user in rows(hub)} == {
            NEW.get(name, name): number for name, number in populated.ids.items()
        }
        groups = {name: ok(hub.api(ADMIN, "GET", f"/groups/{name}"))["users"] for name in ("odd", "all")}
        assert groups["odd"] == [NEW[name] for name in PEOPLE[1::2]]
        assert sorted(groups["all"]) == sorted([*NEW.values(), KEEPER])
        for name in (*PEOPLE[:40], KEEPER):
            assert whoami(hub, populated.tokens[name])[0] == NEW.get(name, name)
        scopes = whoami(hub, populated.tokens["narrow"])[1]
        assert f"access:servers!user={NEW[ADA]}" in scopes
        assert f"read:servers!server={NEW[ADA]}/" in scopes
        assert [scope for scope in scopes if ADA in scope] == []
        (share,) = ok(hub.api(ADMIN, "GET", f"/shares/{NEW[ADA]}/"))["items"]
        assert (share["user"]["name"], share["scopes"]) == (NEW[BOB], [f"access:servers!server={NEW[ADA]}/"])
        assert hub.api(ADMIN, "GET", f"/users/{ADA}").status_code == 404
        start_and_stop(hub, NEW[ADA])


def test_the_copy_is_the_database_as_it_was(populated: Populated) -> None:
    before = populated.query("select id, name, admin, cookie_id from users order by id")
    checked = populated.run("check")
    assert checked.told["backup"] == str(populated.directory / "backup.sqlite")
    populated.run("rename")
    shutil.copy(populated.directory / "backup.sqlite", populated.directory / "hub.sqlite")
    assert populated.query("select id, name, admin, cookie_id from users order by id") == before
    with populated.again() as hub:
        assert whoami(hub, populated.tokens[ADA])[0] == ADA


def test_either_all_names_change_or_none(populated: Populated) -> None:
    before = populated.query("select id, name from users")
    populated.query(
        "create trigger refuse before update of name on users when new.name = "
        f"'{NEW[PEOPLE[200]]}' begin select raise(abort, 'no room'); end"
    )
    done = populated.run("rename")
    assert done.status != 0
    assert "no room" in done.output
    assert populated.query("select id, name from users") == before
    assert populated.query("select count(*) from api_tokens where scopes like '%university%'") == [(0,)]

    populated.query("drop trigger refuse")
    assert populated.run("rename").told["renamed"] == 300


def test_a_second_time_there_is_nothing_to_do(populated: Populated) -> None:
    populated.run("rename")
    before = populated.query("select * from users")
    done = populated.run("rename")
    assert done.told == {"renamed": 0, "absent": [], "scopes": 0}
    assert populated.query("select * from users") == before


def test_the_way_back_leads_to_where_it_began(populated: Populated) -> None:
    def everything() -> list[Any]:
        tables = (
            "users",
            "spawners",
            "api_tokens",
            "shares",
            "user_group_map",
            "user_role_map",
            "oauth_clients",
        )
        return [populated.query(f"select * from {table}") for table in tables]

    populated.query("update spawners set state = '{\"pid\": 7}'")
    before = everything()
    populated.run("rename")
    assert everything() != before
    populated.run("rename", pairs=[[new, old] for old, new in PAIRS])
    assert everything() == before


def test_two_users_never_become_one(populated: Populated) -> None:
    pairs = [[ADA, KEEPER], [BOB, NEW[BOB]]]
    before = populated.query("select * from users")
    for mode in ("check", "rename"):
        done = populated.run(mode, pairs=pairs)
        assert (done.status, done.told) == (
            1,
            {"conflicts": [f"{ADA} cannot become {KEEPER}: both are users"]},
        )
    assert populated.query("select * from users") == before
    assert not (populated.directory / "backup.sqlite").exists()


def test_who_has_gone_meanwhile_is_told(populated: Populated) -> None:
    done = populated.run("rename", pairs=[["gone", "gone-too"], [ADA, NEW[ADA]]])
    assert (done.told["renamed"], done.told["absent"]) == (1, ["gone"])


def test_servers_remember_their_claims_and_forget_their_pods(populated: Populated) -> None:
    populated.query(
        """update spawners set state = '{"pod_name": "jupyter-ada", "dns_name": "x", "namespace": "demo"}'"""
    )
    populated.run(
        "rename", claims=[[ADA, "", "claim-ada"], [CAROL, "", "claim-carol"], ["gone", "", "claim-gone"]]
    )
    users = {user["name"]: user for user in populated.run("look").told["users"]}
    assert users[NEW[ADA]]["servers"][""]["claim"] == "claim-ada"
    assert users[NEW[CAROL]]["servers"] == {"": {"active": False, "claim": "claim-carol"}}
    names = ", ".join(f"'{name}'" for name in (NEW[ADA], NEW[CAROL], KEEPER))
    states = populated.query(
        "select users.name, spawners.state from spawners join users on users.id = user_id "
        f"where users.name in ({names}) order by users.id"
    )
    assert {name: json.loads(state) for name, state in states} == {
        NEW[ADA]: {"kubespawner_version": "7.0.0", "namespace": "demo", "pvc_name": "claim-ada"},
        NEW[CAROL]: {"kubespawner_version": "7.0.0", "namespace": "demo", "pvc_name": "claim-carol"},
        KEEPER: {"pod_name": "jupyter-ada", "dns_name": "x", "namespace": "demo"},
    }


def test_hours_that_servers_ran_count_for_the_same_people(populated: Populated) -> None:
    """As the hub-side Python of `compute_quota` keeps them, where a hub has it."""
    populated.query("create table deployer_server_runs (id integer primary key, user varchar, since float)")
    populated.query(f"insert into deployer_server_runs (user, since) values ('{ADA}', 1), ('{KEEPER}', 2)")
    assert populated.run("rename").status == 0
    runs = populated.query("select user, since from deployer_server_runs order by since")
    assert runs == [(NEW[ADA], 1), (KEEPER, 2)]


def test_jupyterhubs_own_renaming_takes_more_and_leaves_permissions_behind(populated: Populated) -> None:
    """Why the hub's API is not used (decision 0019)."""
    populated.query(f"update users set admin = 1 where name = '{BOB}'")
    with populated.again() as hub:
        refused = hub.api(ADMIN, "PATCH", f"/users/{BOB}", {"name": NEW[BOB]})
        assert (refused.status_code, refused.json()["message"]) == (
            403,
            "Only admins can modify other admins",
        )
        ok(hub.api(ADMIN, "PATCH", f"/users/{ADA}", {"name": NEW[ADA]}))
        name, scopes = whoami(hub, populated.tokens["narrow"])
        assert name == NEW[ADA]
    (stored,) = populated.query(f"select scopes from api_tokens where scopes like '%user={ADA}%'")
    assert f"access:servers!user={ADA}" in json.loads(stored[0])
    assert f"access:servers!user={NEW[ADA]}" not in scopes


def test_a_database_that_is_not_there_is_not_made(populated: Populated) -> None:
    (populated.directory / "hub.sqlite").unlink()
    done = populated.run("look")
    assert done.status == 1
    assert f"there is no database at {populated.directory / 'hub.sqlite'}" in done.output
    assert not (populated.directory / "hub.sqlite").exists()


def test_what_configuration_prints_is_no_result(populated: Populated, tmp_path: Path) -> None:
    config = tmp_path / "config.py"
    config.write_text(f"print('result: no')\nexec(open({CONFIG!r}).read())\nprint('result: no')\n")
    plan = plan_file(tmp_path, {})
    done = carry_out(
        "hub_database", "look", str(config), plan, directory=populated.directory, environ=populated.environ
    )
    assert len(done.told["users"]) == 301
