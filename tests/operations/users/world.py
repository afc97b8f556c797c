"""A hub with people and homes on a cluster whose pods run for real, and the operator who works on it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyterhub import app as _app  # noqa: F401 it starts a program when it is imported
from jupyterhub import orm

from deployer.fleet.documents import Document
from deployer.fleet.model import Cluster, Hub, Local
from deployer.operations.access import Connection
from deployer.operations.users import undo_list
from deployer.operations.users.apply import Change, Options, Outcome
from deployer.operations.users.mapping import map_back, name_map
from deployer.operations.users.translation import translation
from tests.operations.users.fake_cluster import NAMESPACE, POD, SECRET, FakeCluster, FakeKubectl

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
