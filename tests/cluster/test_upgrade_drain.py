"""Old nodes of an upgrade, in a real API: nodes without machines, and pods that nobody runs."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from deployer.operations.infra.upgrade.drain import SINCE, Busy, cordon
from deployer.tools.kubernetes import NotFound
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.tools.kubernetes import Api

pytestmark = pytest.mark.cluster

LABEL = "eks.amazonaws.com/nodegroup"


@pytest.fixture
def group(api: Api) -> Iterator[str]:
    """A node group of one node, with a namespace of the same name."""
    name = f"small-{secrets.token_hex(3)}"
    api.create("/api/v1/nodes", {"metadata": {"name": name, "labels": {LABEL: name}}})
    api.create("/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    for path in (f"/api/v1/namespaces/{name}", f"/api/v1/nodes/{name}"):
        with suppress(NotFound):
            api.delete(path)


def add_pod(api: Api, group: str, name: str, **labels: str) -> None:
    api.create(
        f"/api/v1/namespaces/{group}/pods",
        {
            "metadata": {
                "name": name,
                "labels": {key.replace("_", "/"): label for key, label in labels.items()},
            },
            "spec": {
                "nodeName": group,
                "automountServiceAccountToken": False,
                "containers": [{"name": "one", "image": "none"}],
            },
        },
    )


def test_a_node_is_cordoned_once_and_people_on_it_are_seen(api: Api, group: str) -> None:
    add_pod(api, group, "jupyter-alice", **{"hub.jupyter.org_username": "alice"})
    add_pod(api, group, "worker", **{"gateway.dask.org_cluster": "one"})
    add_pod(api, group, "user-placeholder-0", component="user-placeholder")
    seen = Busy(nodes=1, pods=(f"{group}/jupyter-alice", f"{group}/worker"), since=NOW)
    assert cordon(api, group, NOW) == seen
    node = api.get(f"/api/v1/nodes/{group}")
    assert node["spec"]["unschedulable"]
    assert node["metadata"]["annotations"][SINCE] == NOW.isoformat()
    assert cordon(api, group, NOW.replace(hour=23)) == seen
