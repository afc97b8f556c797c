"""What `deployer users map` prints where, and the exit code it gives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from deployer.cli import run
from deployer.fleet.schema_files import whole
from deployer.operations.users import apply as operation
from deployer.operations.users.apply import Outcome
from deployer.operations.users.mapping import Pair
from deployer.operations.users.places import Claim, Move, Moves, Place
from deployer.operations.users.plan import Plan
from deployer.operations.users.undo_list import write
from tests.operations.making import Fleet

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

VALUES = "jupyterhub: {hub: {config: {Authenticator: {admin_users: [Ada, eve]}}}}\n"
HOMES = Place(volume={"persistentVolumeClaim": {"claimName": "home-nfs"}}, template="{escaped_username}")


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    made = Fleet(tmp_path)
    made.write("config/clusters/campus/research.values.yaml", VALUES)
    made.write("users.txt", "Ada\nbob\neve\n")
    return made


def users_map(fleet: Fleet, *argv: str) -> int:
    return run(["--root", str(fleet.root), "users", "map", "campus", "research", *argv])


def offline(fleet: Fleet, *argv: str) -> int:
    return users_map(fleet, "--users", str(fleet.root / "users.txt"), *argv)


def test_what_becomes_of_each_user_goes_to_stdout(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    assert offline(fleet, "--rule", "lower") == 0
    out, err = capsys.readouterr()
    assert out == (
        "mapped     Ada  ada  -         -\n"
        "unchanged  bob  bob  -         -\n"
        "unchanged  eve  eve  -         -\n"
    )
    assert err == (
        "WHAT       OLD  NEW  OLD HOME  NEW HOME\n"
        "config/clusters/campus/research.values.yaml:1:59: names `Ada`; write `ada` before the next deploy\n"
        "1 mapped, 2 unchanged; nothing was changed\n"
        "hint: add `--apply` to do it; the hub is stopped meanwhile\n"
    )


def test_collisions_are_told_and_end_with_1(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    assert offline(fleet, "--replace", "^.*$", "same") == 1
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["refused"] * 3
    assert "two-to-one: `Ada`, `bob` and `eve` would all be `same`" in err
    assert "hint: correct the rule or the table, or leave users as they are with `--leave NAME`" in err


def test_a_table_tells_who_is_not_in_it_and_who_is_nobody(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.write("names.csv", "old,new\nbob,bob@x\nzoe,zoe@x\n")
    assert offline(fleet, "--table", str(fleet.root / "names.csv"), "--leave", "eve") == 0
    out, err = capsys.readouterr()
    assert [line.split("  ")[0] for line in out.splitlines()] == ["mapped", "unchanged", "not in table"]
    assert "unknown: no user of the hub has the name `zoe` of the table" in err
    assert "1 mapped, 1 unchanged, 1 not in the table; nothing was changed" in err


def test_the_check_user_is_never_renamed(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.write("users.txt", "deployer-health-check\n")
    assert offline(fleet, "--replace", "^", "x-", "--output", "json") == 0
    assert json.loads(capsys.readouterr().out)["unchanged"] == ["deployer-health-check"]


def test_a_list_of_users_may_be_an_answer_of_jupyterhub(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.write("users.txt", '[{"name": "Ada", "admin": true}, {"name": "bob"}]')
    assert offline(fleet, "--rule", "lower", "--output", "json") == 0
    said = json.loads(capsys.readouterr().out)
    jsonschema.validate(said, whole("users-map"))
    assert (said["mapped"], said["unchanged"], said["database"]) == (
        [{"old": "Ada", "new": "ada"}],
        ["bob"],
        None,
    )


def test_the_way_back_is_read_from_its_list(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.write("users.txt", "ada\nbob\n")
    path = fleet.root / "undo.json"
    write(path, cluster="campus", hub="research", made="today", pairs=[Pair(old="Ada", new="ada")])
    jsonschema.validate(json.loads(path.read_text()), whole("users-undo"))
    assert offline(fleet, "--undo", str(path), "--output", "json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["mapped"], said["unchanged"]) == ([{"old": "ada", "new": "Ada"}], ["bob"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}", "not a list for `--undo`"),
        ("no json", "not a list for `--undo`"),
        (
            '{"format": 2, "cluster": "campus", "hub": "research", "pairs": []}',
            "a newer deployer wrote this list",
        ),
        ('{"format": 1, "cluster": "campus", "hub": "other", "pairs": []}', "this list is of another hub"),
    ],
)
def test_what_is_no_way_back_is_told(
    fleet: Fleet, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    fleet.write("undo.json", content)
    assert offline(fleet, "--undo", str(fleet.root / "undo.json")) == 1
    assert capsys.readouterr().err.startswith(f"error: {message}: {fleet.root}/undo.json")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--apply", "--users", "USERS"], "`--apply` asks the hub who its users are: leave out `--users`"),
        (["--undo", "USERS", "--rule", "lower"], "`--undo` goes back to the names of its list"),
        (["--rule", "lower", "--start"], "`--start` is for `--apply`"),
        (["--rule", "upper"], "'upper' is not one of 'lower', 'strip-domain', 'github-to-email'"),
    ],
)
def test_options_that_contradict_each_other_are_usage_errors(
    fleet: Fleet, capsys: pytest.CaptureFixture[str], argv: list[str], message: str
) -> None:
    known = [word.replace("USERS", str(fleet.root / "users.txt")) for word in argv]
    assert users_map(fleet, *known) == 2
    assert message in capsys.readouterr().err


def test_nothing_to_go_by_is_an_error(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    assert offline(fleet) == 1
    assert capsys.readouterr().err == (
        "error: nothing says what users are to be called\nhint: give `--rule`, `--replace` or `--table`\n"
    )


class TestOnAHub:
    """With a hub to ask: the operations themselves are tested elsewhere."""

    @pytest.fixture(autouse=True)
    def hub(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from contextlib import nullcontext

        from deployer.operations import access
        from deployer.operations.users.hub_side import HubSide, HubUser

        side = HubSide(
            users=(HubUser(name="Ada", claims={}), HubUser(name="bob", claims={})), database="sqlite"
        )

        def connected(_session: object, _cluster: object) -> AbstractContextManager[None]:
            return nullcontext()

        def plan(hub: Any, mapper: Any) -> Plan:
            return Plan(
                hub=hub,
                names=mapper(side),
                database="sqlite",
                moves=(Moves(place=HOMES, moves=(Move("-41da", "ada", "Ada", "ada"),)),),
                claims=(Claim(user="bob", server="", name="claim-bob"),),
                servers=("Ada/other",),
            )

        def apply(change: operation.Change) -> Outcome:
            made = plan(change.hub, change.mapper)
            return Outcome(
                plan=made,
                homes=1,
                renamed=1,
                scopes=2,
                absent=("zoe",),
                backup="/srv/jupyterhub/before.sqlite",
                undo_list=change.options.undo_list,
                hub_runs=change.options.start,
            )

        monkeypatch.setattr(access, "connected", connected)
        monkeypatch.setattr(operation, "preview", lambda _connection, hub, mapper: plan(hub, mapper))
        monkeypatch.setattr(operation.Change, "apply", apply)

    def test_a_preview_shows_homes_and_what_runs(
        self, fleet: Fleet, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert users_map(fleet, "--rule", "lower") == 0
        out, err = capsys.readouterr()
        assert out == "mapped     Ada  ada  -41da     ada\nunchanged  bob  bob  -         -\n"
        assert "running: servers of Ada/other\n" in err
        assert "change `singleuser.storage.dynamic.pvcNameTemplate`" in err

    def test_what_was_done_is_told_with_the_way_back(
        self, fleet: Fleet, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert users_map(fleet, "--rule", "lower", "--apply", "--write-undo", "back.json") == 0
        err = capsys.readouterr().err
        assert err.endswith(
            "renamed: 1 user, 1 home\n"
            "gone meanwhile: zoe\n"
            "the database as it was: /srv/jupyterhub/before.sqlite, in the hub's pod\n"
            "the way back: back.json\n"
            "hint: the hub is stopped: start it with the new sign-in, `deployer deploy campus research`\n"
        )

    @pytest.mark.parametrize("argv", [[], ["--apply", "--start"]])
    def test_for_programs_it_is_as_its_schema_says(
        self, fleet: Fleet, capsys: pytest.CaptureFixture[str], argv: list[str]
    ) -> None:
        assert users_map(fleet, "--rule", "lower", "--output", "json", *argv) == 0
        said = json.loads(capsys.readouterr().out)
        jsonschema.validate(said, whole("users-map"))
        assert said["homes"] == [
            {"volume": {"persistentVolumeClaim": {"claimName": "home-nfs"}}, "from": "-41da", "to": "ada"}
        ]
        assert (said["applied"] is None) is (argv == [])

    def test_a_list_that_leads_back_gets_a_name_of_its_own(
        self,
        fleet: Fleet,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert users_map(fleet, "--rule", "lower", "--apply", "--output", "json") == 0
        path = json.loads(capsys.readouterr().out)["applied"]["undo_list"]
        assert path.startswith(f"{tmp_path}/campus-research-users-")
