"""What `deployer local` prints where, and the exit code it gives."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from deployer.commands.app import App
from deployer.commands.local import local
from deployer.fleet.schema import SCHEMAS
from deployer.operations.local import cluster as operation
from deployer.operations.local.cluster import Status

ABSENT = Status(state="absent", components={})
BROKEN = Status(
    state="broken",
    provider="node",
    kubeconfig=Path("/state/local/kubeconfig"),
    server="https://10.199.0.1:6443",
    uid="uid-1",
    components={"etcd": True, "kubelet": False, "coredns": False},
    images=("localhost/hub:1", "localhost/user:2"),
    network_policies="not enforced",
)
RUNNING = Status(state="running", provider="kind", components={"kind": True}, network_policies="enforced")


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(
        environ={"DEPLOYER_STATE": str(tmp_path / "state"), "DEPLOYER_CACHE": str(tmp_path / "cache")},
        given_root=tmp_path,
    )


def test_status_names_what_does_not_run(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "status", lambda _session: BROKEN)
    printed = CliRunner().invoke(local, ["status"], obj=app)
    assert printed.exit_code == 1
    assert printed.stdout == (
        "state: broken\n"
        "provider: node\n"
        "server: https://10.199.0.1:6443\n"
        "kubeconfig: /state/local/kubeconfig\n"
        "uid: uid-1\n"
        "network policies: not enforced\n"
        "not running: kubelet, coredns\n"
        "image: localhost/hub:1\n"
        "image: localhost/user:2\n"
    )


def test_status_of_a_cluster_that_runs_ends_well(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "status", lambda _session: RUNNING)
    printed = CliRunner().invoke(local, ["status"], obj=app)
    assert printed.exit_code == 0
    assert printed.stdout == "state: running\nprovider: kind\nnetwork policies: enforced\n"


def test_status_as_json_has_every_field(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "status", lambda _session: ABSENT)
    printed = CliRunner().invoke(local, ["status", "--output", "json"], obj=app)
    assert printed.exit_code == 1
    assert json.loads(printed.stdout) == {
        "state": "absent",
        "provider": None,
        "kubeconfig": None,
        "server": None,
        "uid": None,
        "components": {},
        "images": [],
        "network_policies": None,
    }


@pytest.mark.parametrize("status", [ABSENT, BROKEN, RUNNING], ids=lambda status: status.state)
def test_status_as_json_is_as_its_schema_says(
    app: App, monkeypatch: pytest.MonkeyPatch, status: Status
) -> None:
    monkeypatch.setattr(operation, "status", lambda _session: status)
    printed = CliRunner().invoke(local, ["status", "--output", "json"], obj=app)
    schema = json.loads((SCHEMAS / "local-status.schema.json").read_text())
    jsonschema.validate(json.loads(printed.stdout), schema)


@pytest.mark.parametrize(
    ("options", "provider", "with_images"),
    [
        ([], None, True),
        (["--provider", "node", "--no-images"], "node", False),
        (["--provider", "kind"], "kind", True),
    ],
)
def test_up_makes_what_was_asked_for(
    app: App,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    provider: str | None,
    with_images: bool,
) -> None:
    asked: list[tuple[str | None, Path | None]] = []

    def up(_session: object, *, provider: str | None, images_of: Path | None) -> None:
        asked.append((provider, images_of))

    monkeypatch.setattr(operation, "up", up)
    printed = CliRunner().invoke(local, ["up", *options], obj=app)
    assert printed.exit_code == 0
    assert printed.stdout == ""
    assert asked == [(provider, app.root if with_images else None)]


@pytest.mark.parametrize(
    ("was_there", "said"), [(True, "the local cluster is gone\n"), (False, "there is no local cluster\n")]
)
def test_down_tells_whether_there_was_a_cluster(
    app: App, monkeypatch: pytest.MonkeyPatch, was_there: bool, said: str
) -> None:
    monkeypatch.setattr(operation, "down", lambda _session: was_there)
    printed = CliRunner().invoke(local, ["down"], obj=app)
    assert (printed.exit_code, printed.stderr) == (0, said)


def test_archives_are_loaded_by_their_whole_paths(
    app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loaded: list[list[Path]] = []
    monkeypatch.setattr(operation, "load_images", lambda _session, archives: loaded.append(archives))
    (tmp_path / "hub.tar").touch()
    monkeypatch.chdir(tmp_path)
    printed = CliRunner().invoke(local, ["load-image", "hub.tar"], obj=app)
    assert printed.exit_code == 0
    assert loaded == [[tmp_path / "hub.tar"]]
