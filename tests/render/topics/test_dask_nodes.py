from __future__ import annotations

from typing import Any

import pytest

from deployer.render.computed import TOPICS
from deployer.render.subject import Subject
from tests.render import fleets

USUAL = {"key": "k8s.dask.org/dedicated", "operator": "Equal", "value": "worker", "effect": "NoSchedule"}
SPOT = {
    "key": "kubernetes.azure.com/scalesetpriority",
    "operator": "Equal",
    "value": "spot",
    "effect": "NoSchedule",
}


def workers(pools: str, provider: str = "gcp", *, enabled: bool = True) -> dict[str, Any]:
    backend = {"worker": {"extraPodConfig": {"tolerations": [USUAL]}}}
    hub = fleets.hub()
    document = fleets.document(f"infrastructure: {{node_pools: {pools}}}")
    subject = Subject(
        cluster=fleets.cluster(provider, hub, document=document),
        hub=hub,
        host=hub.domain,
        own={"dask-gateway": {"enabled": enabled, "gateway": {"backend": backend}}},
        hub_python={},
    )
    return TOPICS["Dask nodes"](subject)


def tolerating(*tolerations: dict[str, str]) -> dict[str, Any]:
    worker = {"extraPodConfig": {"tolerations": list(tolerations)}}
    return {"dask-gateway": {"gateway": {"backend": {"worker": worker}}}}


def test_workers_tolerate_the_taints_of_pools_that_are_for_them() -> None:
    pools = """{
      notebooks: {machine: a, taints: [{key: users, value: x, effect: NoSchedule}]},
      dask: [
        {machine: a, taints: [{key: k8s.dask.org/dedicated, value: worker, effect: NoSchedule}]},
        {machine: b, taints: [{key: cheap, value: yes it is, effect: NoExecute}, {key: small}]},
      ],
    }"""
    cheap = {"key": "cheap", "operator": "Equal", "value": "yes it is", "effect": "NoExecute"}
    assert workers(pools) == tolerating(USUAL, cheap, {"key": "small", "operator": "Exists"})


@pytest.mark.parametrize(
    ("provider", "expected"), [("azure", tolerating(USUAL, SPOT)), ("gcp", {}), ("aws", {})]
)
def test_spot_nodes_have_a_taint_by_themselves_on_azure(provider: str, expected: dict[str, Any]) -> None:
    assert workers("{dask: {machine: a, spot: true}}", provider) == expected
    assert workers("{dask: {machine: a, spot: false}}", provider) == {}


def test_a_hub_without_dask_has_no_workers() -> None:
    assert workers("{dask: {machine: a, spot: true}}", "azure", enabled=False) == {}
