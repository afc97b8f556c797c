"""Changing names from the check to the report: on a real database and real homes, with faults everywhere."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.operations.deploy import lease
from deployer.operations.health import patience
from deployer.operations.users.apply import Blocked, preview
from tests.operations.users.fake_cluster import DEPLOYMENT, NAMESPACE, Hung, kill
from tests.operations.users.world import HUB, USERS, World, stripped

if TYPE_CHECKING:
    from deployer.session import Session

GO_ON = "go on with the same command, or back with `deployer users map campus demo --undo FILE --apply`"
STEPS = ["check-homes", "back-up", "move-homes", "rename-users", "close"]

AFTER = (
    ["ada", "bob", "eve", "zoe"],
    {
        "ada/file": "ada-40campus-2eexample",
        "bob/file": "bob-40campus-2eexample",
        "eve/file": "eve",
        "_shared/file": "_shared",
    },
)


@pytest.fixture
def world(tmp_path: Path, session: Session) -> World:
    return World(tmp_path, session)


def test_homes_and_names_change_and_the_hub_waits_for_its_deploy(world: World) -> None:
    done = world.apply()
    assert world.state() == AFTER
    assert world.cluster.steps == STEPS
    assert (done.renamed, done.homes, done.absent, done.hub_runs) == (3, 2, (), False)
    assert not (world.homes / ".deployer-users.json").exists()
    assert not world.cluster.hub_runs
    world.nothing_is_left()


def test_the_copy_of_the_database_is_made_before_anything_changes(world: World) -> None:
    done = world.apply()
    assert done.backup is not None
    with closing(sqlite3.connect(done.backup)) as copy:
        assert [name for (name,) in copy.execute("select name from users order by id")] == USERS


def test_a_preview_writes_nothing(world: World) -> None:
    plan = preview(world.connection, HUB, stripped)
    assert [(pair.old, pair.new) for pair in plan.names.pairs] == [
        ("ada@campus.example", "ada"),
        ("bob@campus.example", "bob"),
        ("zoe@campus.example", "zoe"),
    ]
    assert [[move[:2] for move in each.moves] for each in plan.moves] == [
        [
            ("ada-40campus-2eexample", "ada"),
            ("bob-40campus-2eexample", "bob"),
            ("zoe-40campus-2eexample", "zoe"),
        ]
    ]
    assert plan.moves[0].place.volume == {"persistentVolumeClaim": {"claimName": "home-nfs"}}
    assert world.cluster.calls == []
    assert world.state() == world.before


def test_the_hub_starts_again_when_asked(world: World) -> None:
    assert world.apply(start=True).hub_runs
    assert world.cluster.hub_runs


def test_the_way_back_leads_to_where_it_began(world: World) -> None:
    world.apply()
    done = world.go_back()
    assert world.state() == world.before
    assert (done.renamed, done.homes) == (3, 2)


def test_a_second_time_nothing_is_done(world: World) -> None:
    world.apply(start=True)
    calls = len(world.cluster.calls)
    done = world.apply(undo="second.json")
    assert (done.renamed, done.plan.names.pairs) == (0, ())
    assert not (world.directory / "second.json").exists()
    assert [call for call in world.cluster.calls[calls:] if "lease" not in call] == []


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("way", ["on", "back"])
def test_whatever_step_is_killed_the_work_goes_on_or_back(world: World, step: str, way: str) -> None:
    world.cluster.faults[step] = kill
    with pytest.raises(DeployerError, match=f"the step `{step}` failed") as caught:
        world.apply()
    world.nothing_is_left()
    harmless = step in ("check-homes", "back-up")
    assert world.cluster.hub_runs is harmless
    assert ("nothing was changed, and the hub runs again" in str(caught.value.hint)) is harmless
    if harmless:
        assert world.state() == world.before
    if way == "on":
        world.apply(undo="second.json")
        assert world.state() == AFTER
    else:
        world.go_back()
        assert world.state() == world.before
    assert not world.cluster.hub_runs


def test_a_kill_between_two_homes_is_gone_on_from(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    break_second_move(monkeypatch)
    with pytest.raises(DeployerError):
        world.apply()
    monkeypatch.undo()
    assert world.names() == USERS
    assert (world.homes / "ada").exists() != (world.homes / "bob").exists()
    monkeypatch.setattr(patience, "_POLL", 0)
    world.apply(undo="second.json")
    assert world.state() == AFTER


def test_a_kill_between_two_homes_is_gone_back_from(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    break_second_move(monkeypatch)
    with pytest.raises(DeployerError):
        world.apply()
    monkeypatch.undo()
    monkeypatch.setattr(patience, "_POLL", 0)
    world.go_back()
    assert world.state() == world.before


def break_second_move(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the second home that is moved end the program."""
    rename = Path.rename
    moved: list[Path] = []

    def once(self: Path, target: Path) -> Path:
        if moved:
            raise SystemExit("no more")
        moved.append(self)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", once)


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        ("back-up", "nothing was changed, and the hub runs again"),
        (
            "move-homes",
            f"the hub is stopped; {GO_ON}",
        ),
    ],
)
def test_an_interruption_ends_the_pod_and_says_how_it_stands(world: World, step: str, hint: str) -> None:
    def interrupt() -> None:
        world.session.interruption.request()
        raise Hung

    world.cluster.faults[step] = interrupt
    with pytest.raises(Interrupted) as caught:
        world.apply()
    assert caught.value.hint == hint
    assert world.cluster.hub_runs is (step == "back-up")
    assert world.state() == world.before
    world.nothing_is_left()


def test_a_hub_that_does_not_start_again_is_told(world: World) -> None:
    patched = world.cluster.patch

    def broken(path: str, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("spec") == {"replicas": 1}:
            raise DeployerError("no room")
        return patched(path, body)

    world.cluster.patch = broken  # type: ignore[method-assign]  # this once
    world.cluster.faults["back-up"] = kill
    with pytest.raises(DeployerError) as caught:
        world.apply()
    assert caught.value.hint == (
        "nothing was changed, but the hub does not start again: no room; try `deployer deploy campus demo`"
    )


def test_a_home_of_somebody_else_in_the_way_stops_it_before_anything_changes(world: World) -> None:
    (world.homes / "zoe").mkdir()
    with pytest.raises(DeployerError) as caught:
        world.apply()
    assert caught.value.message == (
        "demo: the step `check-homes` failed\n"
        "  zoe is there already, of somebody else: zoe-40campus-2eexample has nothing to become it"
    )
    assert caught.value.hint == "nothing was changed, and the hub runs again"
    assert world.state() == world.before
    assert world.cluster.hub_runs


def test_servers_that_run_are_not_stopped_unasked(world: World) -> None:
    world.cluster.run_server("bob@campus.example", "other")
    world.cluster.run_server("eve")
    with pytest.raises(DeployerError) as caught:
        world.apply()
    assert (
        caught.value.message == "demo: servers of users who are to be renamed run: bob@campus.example/other"
    )
    assert world.cluster.hub_runs
    assert not (world.directory / "undo.json").exists()

    world.apply(stop_servers=True)
    pods = [path.rpartition("/")[2] for path in world.cluster.objects if "/pods/" in path]
    assert pods == ["jupyter-eve-"]
    assert world.state() == AFTER


def test_a_server_that_starts_before_the_hub_stops_is_seen(world: World) -> None:
    patched = world.cluster.patch

    def with_a_start(path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path == DEPLOYMENT and not body["spec"]["replicas"]:
            world.cluster.run_server("ada@campus.example")
        return patched(path, body)

    world.cluster.patch = with_a_start  # type: ignore[method-assign]  # this once
    with pytest.raises(DeployerError, match=r"ada@campus\.example") as caught:
        world.apply()
    assert "nothing was changed, and the hub runs again" in str(caught.value.hint)
    assert world.state() == world.before


def test_collisions_are_told_and_nothing_is_done(world: World) -> None:
    world.query("insert into users (name, cookie_id) values ('zoe', 'x')")
    with pytest.raises(Blocked) as caught:
        world.apply()
    assert caught.value.message == (
        "these names cannot be given:\n  `zoe@campus.example` would be `zoe`, who is another user already"
    )
    assert [call for call in world.cluster.calls if "lease" not in call] == []


def test_somebody_else_at_work_on_the_hub_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployer.operations.users.alone._WAIT", 0)
    monkeypatch.setattr(lease, "_ASK_EVERY", 0)
    body = {"metadata": {"name": "deployer"}, "spec": {"holderIdentity": "eve@ci", "acquireTime": "today"}}
    world.cluster.put(f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases/deployer", body)
    with pytest.raises(lease.LeaseHeld, match=f"eve@ci is at work on {NAMESPACE} since today"):
        world.apply()
    assert world.state() == world.before


def test_the_list_that_leads_back_is_there_before_the_hub_stops(world: World) -> None:
    patched = world.cluster.patch
    seen = []

    def looking(path: str, body: dict[str, Any]) -> dict[str, Any]:
        seen.append(json.loads((world.directory / "undo.json").read_text())["pairs"][0])
        return patched(path, body)

    world.cluster.patch = looking  # type: ignore[method-assign]  # this once
    world.apply()
    assert seen == [{"old": "ada@campus.example", "new": "ada"}]
    assert (world.directory / "undo.json").stat().st_mode & 0o777 == 0o600


def test_a_list_that_is_there_is_not_written_over(world: World) -> None:
    (world.directory / "undo.json").write_text("{}")
    with pytest.raises(DeployerError, match="the list for `--undo` cannot be written"):
        world.apply()
    assert world.cluster.hub_runs


def test_a_database_that_is_a_server_takes_the_operators_word(world: World, monkeypatch: Any) -> None:
    from deployer.operations.users import hub_side

    real = hub_side.from_running_hub
    monkeypatch.setattr(
        hub_side, "from_running_hub", lambda *given: replace(real(*given), database="postgresql")
    )
    with pytest.raises(DeployerError, match=r"the database is a server \(postgresql\)"):
        world.apply()


def test_users_in_memory_only_cannot_be_changed(world: World) -> None:
    config = world.directory / "jupyterhub_config.py"
    config.write_text(config.read_text() + 'c.JupyterHub.db_url = "sqlite://"\n')
    with pytest.raises(DeployerError, match="the hub keeps its users in memory only, where nobody"):
        world.apply()
