"""Asking a hub, or a file, who its users are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from deployer.operations.access import Connection
from deployer.operations.users import programs
from deployer.operations.users.hub_side import (
    HubSide,
    HubUser,
    config_of,
    deployment_of,
    from_file,
    from_running_hub,
)
from tests.operations.fake_api import FakeApi
from tests.tools.fake_runner import Call, FakeRunner

if TYPE_CHECKING:
    from collections.abc import Sequence

POD = {
    "metadata": {"labels": {"component": "hub"}, "creationTimestamp": "2026-01-01T00:00:00Z"},
    "spec": {"containers": [{"name": "hub", "args": ["jupyterhub", "--config", "/c.py"]}, {"name": "other"}]},
}
LOOK = programs.command("hub_database", "look", "/c.py")
ARGV = ["kubectl", "exec", "--namespace=demo", "pod/hub-1", "--container=hub", "--", *LOOK]


def asked(stdout: str, stderr: str = "", *, pods: bool = True) -> HubSide:
    api = FakeApi()
    if pods:
        api.put("/api/v1/namespaces/demo/pods/hub-1", POD)
    runner = FakeRunner()
    runner.expected.append(Call(argv=ARGV, stdout=stdout, stderr=stderr))
    connection = Connection(api=api.api, kubeconfig=Path(), env={}, programs=runner.programs)
    return from_running_hub(connection, "demo")


def test_a_hub_that_runs_is_asked_in_its_pod() -> None:
    user = '{"id": 1, "name": "ada", "admin": false, "servers": {"": {"active": true, "claim": "c"}}}'
    told = f'result: {{"database": "sqlite", "users": [{user}], "spawner": null}}'
    assert asked(f"noise\n{told}\n") == HubSide(
        users=(HubUser(name="ada", id=1, claims={"": "c"}),), database="sqlite"
    )


def test_a_hub_that_cannot_say_is_quoted() -> None:
    with pytest.raises(DeployerError) as caught:
        asked("", "Traceback\nModuleNotFoundError: z2jh\n")
    assert caught.value.message == (
        "demo: the hub cannot say who its users are\nTraceback\nModuleNotFoundError: z2jh"
    )


def test_without_a_hub_nobody_can_be_asked() -> None:
    with pytest.raises(
        DeployerError, match="demo: the hub does not run, so nobody can say who its users are"
    ):
        asked("", pods=False)


def test_a_hub_that_is_not_deployed_is_told_so() -> None:
    with pytest.raises(DeployerError, match="demo: no hub is deployed"):
        deployment_of(FakeApi().api, "demo")


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["jupyterhub", "--config", "/a.py", "--debug"], "/a.py"),
        (["jupyterhub", "--config=/a.py"], "/a.py"),
        (["jupyterhub", "-f", "/a.py"], "/a.py"),
        (["jupyterhub"], "/usr/local/etc/jupyterhub/jupyterhub_config.py"),
    ],
)
def test_the_configuration_is_where_the_hub_is_told_it_is(words: Sequence[str], path: str) -> None:
    assert config_of({"containers": [{"args": list(words)}]}) == path
    spec: dict[str, Any] = {"containers": [{"command": list(words)}]}
    assert config_of(spec) == path


@pytest.mark.parametrize("text", ["ada\n\n bob \n", '["ada", "bob"]', '[{"name": "ada"}, {"name": "bob"}]'])
def test_files_of_names(tmp_path: Path, text: str) -> None:
    path = tmp_path / "users"
    path.write_text(text)
    assert from_file(path).names == ("ada", "bob")


@pytest.mark.parametrize("text", ["[1]", "[{}]", "[oh"])
def test_files_of_something_else(tmp_path: Path, text: str) -> None:
    path = tmp_path / "users"
    path.write_text(text)
    with pytest.raises(DeployerError, match="not a list of users"):
        from_file(path)
    with pytest.raises(DeployerError, match="the users cannot be read"):
        from_file(tmp_path / "nowhere")
