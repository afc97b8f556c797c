"""Changing names from the check to the report: on a real database and real homes, with faults everywhere."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import warnings
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from jupyterhub import app as _app  # noqa: F401 it starts a program when it is imported
from jupyterhub import orm

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.documents import Document
from deployer.fleet.model import Cluster, Hub, Local
from deployer.operations.access import Connection
from deployer.operations.deploy import lease
from deployer.operations.health import patience
from deployer.operations.users import undo_list
from deployer.operations.users.apply import Blocked, Change, Options, Outcome, preview
from deployer.operations.users.mapping import map_back, name_map
from deployer.operations.users.translation import translation
from tests.operations.users.fake_cluster import (
    CLAIMS,
    DEPLOYMENT,
    NAMESPACE,
    POD,
    SECRET,
    FakeCluster,
    FakeKubectl,
    Hung,
    kill,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it describes a setting in a way that traitlets calls old
    import kubespawner

if TYPE_CHECKING:
    from deployer.operations.users.plan import Mapper
    from deployer.session import Session
    from deployer.tools.process import Programs

DOCUMENT = Document(path=Path("cluster.yaml"), name="cluster.yaml", data={})
HUB = Hub(
    name=NAMESPACE,
    display_name="Demo",
    domain="demo.example.org",
    chart="basehub",
    values_files=(),
    document=DOCUMENT,
)
CLUSTER = Cluster(
    name="campus",
    provider=Local(),
    directory=Path(),
    hubs=(HUB,),
    kubernetes_version="1.34",
    document=DOCUMENT,
)
USERS = ["ada@campus.example", "bob@campus.example", "eve", "zoe@campus.example"]
GO_ON = "go on with the same command, or back with `deployer users map campus demo --undo FILE --apply`"
STEPS = ["check-homes", "back-up", "move-homes", "rename-users", "close"]

SHARED = """
c.KubeSpawner.volumes = {"home": {"name": "home", "persistentVolumeClaim": {"claimName": "home-nfs"}}}
c.KubeSpawner.volume_mounts = {
    "home": {"name": "home", "mountPath": "/home/jovyan", "subPath": "{escaped_username}"},
    "rstudio": {"name": "home", "mountPath": "/home/rstudio", "subPath": "{escaped_username}"},
    "shared": {"name": "home", "mountPath": "/home/jovyan/shared", "subPath": "_shared"},
}
"""
OWN = """
c.KubeSpawner.storage_pvc_ensure = True
name = "volume-{user_server}"
c.KubeSpawner.volumes = {name: {"name": name, "persistentVolumeClaim": {"claimName": "{pvc_name}"}}}
c.KubeSpawner.volume_mounts = {name: {"mountPath": "/home/jovyan", "name": name}}
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_POLL", 0)


@cache
def filled() -> Path:
    """A database of JupyterHub's with users in it, which is slow to make."""
    path = Path(tempfile.mkdtemp()) / "hub.sqlite"
    db = orm.new_session_factory(f"sqlite:///{path}")()
    for name in USERS:
        user = orm.User(name=name)
        db.add(user)
        db.add(orm.Spawner(user=user, name=""))
    db.commit()
    db.close()
    db.get_bind().dispose()
    return path


class World:
    """A cluster with a hub, its database and its homes, and the operator who changes names."""

    def __init__(self, directory: Path, session: Session, storage: str = SHARED) -> None:
        self.directory = directory
        self.session = session
        self.homes = directory / "homes"
        self.cluster = FakeCluster(directory=directory, volumes={"home-nfs": self.homes})
        self.kubectl = FakeKubectl()
        database = f"sqlite:///{directory}/hub.sqlite"
        config = (
            f'c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"\nc.JupyterHub.db_url = "{database}"\n'
        )
        (directory / "jupyterhub_config.py").write_text(config + storage)
        shutil.copy(filled(), directory / "hub.sqlite")
        for home in ("ada-40campus-2eexample", "bob-40campus-2eexample", "eve", "_shared"):
            (self.homes / home).mkdir(parents=True)
            (self.homes / home / "file").write_text(home)
        self.cluster.install()
        self.before = self.state()

    @property
    def connection(self) -> Connection:
        return Connection(
            api=self.cluster.api,
            kubeconfig=Path(),
            env={},
            programs=cast("Programs", self.kubectl),
        )

    def apply(self, mapper: Mapper | None = None, *, undo: str = "undo.json", **options: Any) -> Outcome:
        """Change names; by default, everybody loses the domain."""
        change = Change(
            session=self.session,
            connection=self.connection,
            cluster=CLUSTER,
            hub=HUB,
            mapper=mapper or stripped,
            options=Options(undo_list=self.directory / undo, **options),
        )
        return change.apply()

    def go_back(self, *, undo: str = "undo.json", to: str = "undone.json") -> Outcome:
        """Go back by a list."""
        pairs = undo_list.read(self.directory / undo, cluster="campus", hub="demo")
        return self.apply(lambda side: map_back(side.names, pairs), undo=to)

    def names(self) -> list[str]:
        return [name for (name,) in self.query("select name from users order by id")]

    def query(self, text: str) -> list[Any]:
        with closing(sqlite3.connect(self.directory / "hub.sqlite")) as database:
            found = database.execute(text).fetchall()
            database.commit()
            return found

    def state(self) -> tuple[list[str], dict[str, str]]:
        """Names, and the content of every home by its path."""
        files = {
            str(path.relative_to(self.homes)): path.read_text()
            for path in self.homes.rglob("*")
            if path.is_file() and path.name != ".deployer-users.json"
        }
        return self.names(), files

    def nothing_is_left(self) -> None:
        """Assert that neither pod nor plan nor a holder of the Lease is there."""
        assert POD not in self.cluster.objects
        assert SECRET not in self.cluster.objects
        lease_path = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases/deployer"
        assert self.cluster.get(lease_path)["spec"]["holderIdentity"] == ""


def stripped(side: Any) -> Any:
    return name_map(side.names, translation(rules=["strip-domain"]))


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

    world.cluster.patch = broken  # type: ignore[method-assign]
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

    world.cluster.patch = with_a_start  # type: ignore[method-assign]
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
    with pytest.raises(lease.LeaseHeld, match="eve@ci is at work on this hub since today"):
        world.apply()
    assert world.state() == world.before


def test_the_list_that_leads_back_is_there_before_the_hub_stops(world: World) -> None:
    patched = world.cluster.patch
    seen = []

    def looking(path: str, body: dict[str, Any]) -> dict[str, Any]:
        seen.append(json.loads((world.directory / "undo.json").read_text())["pairs"][0])
        return patched(path, body)

    world.cluster.patch = looking  # type: ignore[method-assign]
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


class TestVolumesOfUsers:
    """Homes that are a volume claim a user: claims keep their names, and servers remember them."""

    @pytest.fixture
    def world(self, tmp_path: Path, session: Session) -> World:
        made = World(tmp_path, session, OWN)
        for user, claim in {
            "ada@campus.example": "claim-ada-40campus-2eexample",  # made by KubeSpawner 6
            "bob@campus.example": "claim-bob-campus-example---4f8a3ab1",
            "eve": "claim-eve",
        }.items():
            annotations = {"hub.jupyter.org/username": user}
            made.cluster.put(f"{CLAIMS}/{claim}", {"metadata": {"annotations": annotations}})
        annotations = {"hub.jupyter.org/username": "ada@campus.example"}
        made.cluster.put(f"{CLAIMS}/db-ada", {"metadata": {"annotations": annotations}})
        made.query(
            """update spawners set state = '{"pvc_name": "claim-bob-campus-example---4f8a3ab1"}' """
            "where user_id = 2"
        )
        return made

    def claims(self, world: World) -> dict[str, str | None]:
        rows = world.query("select users.name, spawners.state from spawners join users on users.id = user_id")
        return {name: (json.loads(state) if state else {}).get("pvc_name") for name, state in rows}

    def test_servers_keep_their_claims(self, world: World) -> None:
        done = world.apply()
        assert self.claims(world) == {
            "ada": "claim-ada-40campus-2eexample",
            "bob": "claim-bob-campus-example---4f8a3ab1",
            "eve": "claim-eve",
            "zoe": None,
        }
        assert (done.homes, done.renamed) == (0, 3)

    def test_claims_say_whose_they_are(self, world: World) -> None:
        world.apply()
        owners = {
            path.rpartition("/")[2]: claim["metadata"]["annotations"]["hub.jupyter.org/username"]
            for path, claim in world.cluster.objects.items()
            if path.startswith(CLAIMS)
        }
        assert owners == {
            "claim-ada-40campus-2eexample": "ada",
            "claim-bob-campus-example---4f8a3ab1": "bob",
            "claim-eve": "eve",
            "db-ada": "ada",
        }

    def test_kubespawner_itself_finds_the_claim_under_the_new_name(self, world: World) -> None:
        """What a server remembers is loaded by KubeSpawner before it looks for a volume."""
        world.apply()
        ((state,),) = world.query("select spawners.state from spawners where user_id = 1")
        spawner = SimpleNamespace(remember_pvc_name=True)
        load: Any = kubespawner.KubeSpawner.load_state
        load(spawner, json.loads(state))
        assert (spawner.pvc_name, spawner._pvc_exists) == ("claim-ada-40campus-2eexample", True)

    def test_the_way_back_keeps_them_too(self, world: World) -> None:
        world.apply()
        world.go_back()
        assert world.names() == USERS
        assert self.claims(world)["ada@campus.example"] == "claim-ada-40campus-2eexample"

    @pytest.mark.parametrize(
        "settings",
        [
            pytest.param("c.KubeSpawner.remember_pvc_name = False\n", id="remembers nothing"),
            pytest.param("import kubespawner\nkubespawner.__version__ = '6.2.0'\n", id="version 6"),
        ],
    )
    def test_a_kubespawner_that_remembers_no_claim_is_refused(
        self, world: World, settings: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kubespawner, "__version__", kubespawner.__version__)
        config = world.directory / "jupyterhub_config.py"
        config.write_text(config.read_text() + settings)
        with pytest.raises(DeployerError, match="everybody would get an empty home"):
            world.apply()
        assert world.cluster.hub_runs
