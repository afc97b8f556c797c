"""Choices that are generated, chosen in KubeSpawner itself."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from deployer.render.ladder_choices import ladder
from tests.render.features.asking import asked

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:metadata:DeprecationWarning")

KUBECONFIG = {
    "current-context": "none",
    "contexts": [{"name": "none", "context": {"cluster": "none", "user": "none"}}],
    "clusters": [{"name": "none", "cluster": {"server": "https://localhost"}}],
    "users": [{"name": "none", "user": {}}],
}


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spawner reads where a cluster would be. It asks none here."""
    from kubernetes_asyncio.config import kube_config

    (tmp_path / "kubeconfig").write_text(json.dumps(KUBECONFIG))
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "kubeconfig"))


async def choose(profiles: list[Any], options: dict[str, str]) -> Any:
    """Return a spawner with what somebody chose on the page of profiles."""
    from kubespawner import KubeSpawner

    spawner = KubeSpawner(_mock=True)
    spawner.profile_list = profiles
    spawner.user_options = options
    await spawner.load_user_options()
    return spawner


@pytest.mark.parametrize(
    ("chosen", "key"),
    [({}, "mem_045_2"), ({"profile": "server", "requests": "mem_090_4"}, "mem_090_4")],
    ids=["by default", "another"],
)
def test_a_choice_is_what_a_server_gets(chosen: dict[str, str], key: str) -> None:
    values = asked("features: {resource_choices: {machines: [g4dn.12xlarge]}}")
    spawner = asyncio.run(choose(values["jupyterhub"]["singleuser"]["profileList"], chosen))
    said = ladder("g4dn.12xlarge")[key]["kubespawner_override"]
    memory = int(said["mem_limit"].removesuffix("M")) * 1024**2
    assert (spawner.mem_guarantee, spawner.mem_limit) == (memory, memory)
    assert (spawner.cpu_guarantee, spawner.cpu_limit) == (said["cpu_guarantee"], said["cpu_limit"])
    assert spawner.node_selector == said["node_selector"]
    assert spawner.extra_resource_limits == said["extra_resource_limits"]
