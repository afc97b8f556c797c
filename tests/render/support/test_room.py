"""Room that is kept for users, and what tells how full nodes are, cloud by cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.render.merge import merge
from deployer.render.support import layers
from tests.render import fleets

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster

PLACES = {"places": 3, "memory": "2Gi"}
OF_USERS = [
    {"key": key, "operator": "Equal", "value": "user", "effect": "NoSchedule"}
    for key in ("hub.jupyter.org/dedicated", "hub.jupyter.org_dedicated")
]
POOLS = {
    "notebooks": [
        {"name": "small", "machine": "r5.large"},
        {
            "name": "lecture",
            "machine": "r5.xlarge",
            "labels": {"course": 101},
            "taints": [{"key": "course", "value": "101", "effect": "NoSchedule"}],
        },
    ],
    "dask": {"machine": "r5.2xlarge", "spot": True},
}


def cluster(provider: str, values: dict[str, Any], infrastructure: dict[str, Any] | None = None) -> Cluster:
    declared = {"infrastructure": infrastructure} if infrastructure is not None else {}
    return fleets.cluster(
        provider,
        support_files=(fleets.values_file("support.values.yaml", yaml.safe_dump(values)),),
        document=fleets.document(yaml.safe_dump(declared), "cluster.yaml"),
    )


def computed(found: Cluster) -> dict[str, Any]:
    made = layers(found, fleets.document("{}"), chart_files={})
    values: dict[str, Any] = dict(merge(layer for layer in made if layer.kind == "computed").values)
    return values


def test_room_is_kept_on_the_nodes_of_the_pool_that_it_is_named_after() -> None:
    asked = {"placeholders": dict.fromkeys(("lecture", "dask"), PLACES)}
    found = computed(cluster("aws", asked, {"node_pools": POOLS}))["placeholders"]
    own = {"key": "course", "operator": "Equal", "value": "101", "effect": "NoSchedule"}
    assert found["lecture"] == {
        "nodeSelector": {
            "hub.jupyter.org/node-purpose": "user",
            "course": "101",
            "node.kubernetes.io/instance-type": "r5.xlarge",
        },
        "tolerations": [*OF_USERS, own],
    }
    assert found["dask"]["nodeSelector"] == {
        "k8s.dask.org/node-purpose": "worker",
        "node.kubernetes.io/instance-type": "r5.2xlarge",
    }
    assert [each["key"] for each in found["dask"]["tolerations"]] == [
        *(each["key"] for each in OF_USERS),
        "k8s.dask.org/dedicated",
        "k8s.dask.org_dedicated",
    ]


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp", "kubeconfig"])
def test_without_a_pool_of_that_name_it_is_where_users_are_or_where_a_file_says(provider: str) -> None:
    placed = {**PLACES, "nodeSelector": {"a": "b"}, "tolerations": []}
    asked = {"placeholders": {"any": PLACES, "own": placed}}
    found = computed(cluster(provider, asked))["placeholders"]
    users = {"hub.jupyter.org/node-purpose": "user"}
    assert found == {"any": {"nodeSelector": users, "tolerations": OF_USERS}}


def test_nobody_keeps_room_unasked() -> None:
    assert "placeholders" not in computed(cluster("aws", {}, {"node_pools": POOLS}))


def test_only_eks_that_was_built_here_lacks_metrics_of_pods() -> None:
    clouds = ("aws", "azure", "gcp", "kubeconfig", "local")
    found = [name for name in clouds if "metrics-server" in computed(cluster(name, {}, {}))]
    assert found == ["aws"]
    assert "metrics-server" not in computed(cluster("aws", {}))
