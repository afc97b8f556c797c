"""Homes that are a volume claim a user: claims keep their names, and servers remember them."""

from __future__ import annotations

import json
import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from tests.operations.users.fake_cluster import CLAIMS
from tests.operations.users.world import OWN, USERS, World

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it describes a setting in a way that traitlets calls old
    import kubespawner

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session


@pytest.fixture
def world(tmp_path: Path, session: Session) -> World:
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


def claims(world: World) -> dict[str, str | None]:
    rows = world.query("select users.name, spawners.state from spawners join users on users.id = user_id")
    return {name: (json.loads(state) if state else {}).get("pvc_name") for name, state in rows}


def test_servers_keep_their_claims(world: World) -> None:
    done = world.apply()
    assert claims(world) == {
        "ada": "claim-ada-40campus-2eexample",
        "bob": "claim-bob-campus-example---4f8a3ab1",
        "eve": "claim-eve",
        "zoe": None,
    }
    assert (done.homes, done.renamed) == (0, 3)


def test_claims_say_whose_they_are(world: World) -> None:
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


def test_kubespawner_itself_finds_the_claim_under_the_new_name(world: World) -> None:
    """What a server remembers is loaded by KubeSpawner before it looks for a volume."""
    world.apply()
    ((state,),) = world.query("select spawners.state from spawners where user_id = 1")
    spawner = SimpleNamespace(remember_pvc_name=True)
    load: Any = kubespawner.KubeSpawner.load_state
    load(spawner, json.loads(state))
    assert (spawner.pvc_name, spawner._pvc_exists) == ("claim-ada-40campus-2eexample", True)


def test_the_way_back_keeps_them_too(world: World) -> None:
    world.apply()
    world.go_back()
    assert world.names() == USERS
    assert claims(world)["ada@campus.example"] == "claim-ada-40campus-2eexample"


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("c.KubeSpawner.remember_pvc_name = False\n", id="remembers nothing"),
        pytest.param("import kubespawner\nkubespawner.__version__ = '6.2.0'\n", id="version 6"),
    ],
)
def test_a_kubespawner_that_remembers_no_claim_is_refused(
    world: World, settings: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubespawner, "__version__", kubespawner.__version__)
    config = world.directory / "jupyterhub_config.py"
    config.write_text(config.read_text() + settings)
    with pytest.raises(DeployerError, match="everybody would get an empty home"):
        world.apply()
    assert world.cluster.hub_runs
