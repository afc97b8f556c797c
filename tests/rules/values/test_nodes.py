"""Nodes that a cluster declares, and what hubs want of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values import nodes, server_size
from deployer.rules.values.nodes import node_selector, toleration
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

OTHER_NODES = (
    "gateway: {backend: {worker: {extraPodConfig: {nodeSelector: {k8s.dask.org/node-purpose: null}}}}}"
)
ALL = (*nodes.RULES, *server_size.RULES)
POOLS = """\
infrastructure:
  node_pools:
    core: {machine: n2-highmem-2}
    notebooks:
      - machine: n2-highmem-4
        labels: {size: small, community: physics}
      - name: large
        machine: n2-highmem-16
        labels: {size: large}
        taints: [{key: large, value: "yes", effect: NoSchedule}]
"""


def test_a_selector_chooses_a_declared_pool(values: Making) -> None:
    text = """\
    jupyterhub:
      hub: {nodeSelector: {node.kubernetes.io/instance-type: n2-highmem-3}}
      singleuser:
        nodeSelector: {size: medium}
        profileList:
          - {display_name: A, kubespawner_override: {node_selector: {sise: small}}}
          - {display_name: B, kubespawner_override: {node_selector: {size: large, community: physics}}}
    dask-gateway:
      gateway: {backend: {worker: {extraPodConfig: {nodeSelector: {size: small}}}}}
    """
    machines = "`n2-highmem-16`, `n2-highmem-2`, `n2-highmem-4`"
    kind = "node.kubernetes.io/instance-type"
    assert found(node_selector, values(text, cluster=POOLS)) == [
        f"1:2:24: no pool of the cluster has `{kind}: n2-highmem-3`; known: {machines}",
        "1:4:20: no pool of the cluster has `size: medium`; known: `large`, `small`",
        "1:6:66: no pool of the cluster has the label `sise`",
        "1:7:50: no pool of the cluster has all of these labels together",
    ]


@pytest.mark.parametrize(
    "selector",
    [
        "{node.kubernetes.io/instance-type: n2-highmem-4, size: small}",
        "{hub.jupyter.org/node-purpose: user}",
        "{cloud.google.com/gke-nodepool: any, size: null}",
        "{kubernetes.io/arch: amd64, eks.amazonaws.com/nodegroup: any}",
    ],
)
def test_labels_of_clouds_and_of_pools_are_fine(values: Making, selector: str) -> None:
    text = f"jupyterhub: {{singleuser: {{nodeSelector: {selector}}}}}"
    assert found(ALL, values(text, cluster=POOLS)) == []


def test_a_taint_must_be_tolerated(values: Making) -> None:
    text = """\
    jupyterhub:
      singleuser:
        profileList:
          - {display_name: A, kubespawner_override: {node_selector: {size: large}}}
          - display_name: B
            kubespawner_override:
              node_selector: {size: large}
              tolerations: [{key: large, operator: Exists}]
          - display_name: C
            kubespawner_override:
              node_selector: {size: large}
              tolerations: [{key: large, value: "no"}]
          - {display_name: D, kubespawner_override: {node_selector: {size: small}}}
    """
    message = "servers do not tolerate the taint `large` of the pool that they are to run on"
    assert found(toleration, values(text, cluster=POOLS)) == [f"1:4:9: {message}", f"1:9:9: {message}"]


def test_a_toleration_is_of_a_taint(values: Making) -> None:
    text = """\
    jupyterhub:
      singleuser:
        extraTolerations:
          - {key: lareg, operator: Exists}
          - {key: nvidia.com/gpu, operator: Exists}
          - {operator: Exists}
      hub: {tolerations: [{key: other}, {key: large}]}
    """
    assert found(toleration, values(text, cluster=POOLS)) == [
        "1:4:9: no pool of the cluster has the taint `lareg`: did you mean `large`?",
        "1:7:23: no pool of the cluster has the taint `other`",
    ]


@pytest.mark.parametrize(
    "cluster",
    [
        "{}",
        "infrastructure: {}",
        "infrastructure: {node_pools: [1]}",
        "infrastructure: {node_pools: {core: 1, notebooks: [], dask: {}}}",
    ],
)
def test_nothing_is_said_without_declared_pools(values: Making, cluster: str) -> None:
    user = "{nodeSelector: {a: b}, extraTolerations: [{key: a}], memory: {guarantee: 9T}}"
    assert found(ALL, values(f"jupyterhub: {{singleuser: {user}}}", cluster=cluster)) == []


@pytest.mark.parametrize(
    "text",
    [
        f"jupyterhub: {{singleuser: {{nodeSelector: {{size: '{ENCRYPTED}'}}}}}}",
        f"jupyterhub: {{singleuser: {{extraTolerations: [{{key: '{ENCRYPTED}'}}]}}}}",
        "jupyterhub: {singleuser: {nodeSelector: [], extraTolerations: 1}}",
        "jupyterhub: {singleuser: {extraTolerations: [1, {key: 1}]}, hub: {tolerations: {}}}",
    ],
)
def test_wrong_types_and_encrypted_values_are_left_alone(values: Making, text: str) -> None:
    assert found(ALL, values(f"{text}\nsops: {{version: 1}}", cluster=POOLS)) == []


@pytest.mark.parametrize(
    ("pools", "text", "told"),
    [
        ("", "dask-gateway: {enabled: true}", True),
        ("    dask: {worker: {machine: n2-highmem-16}}\n", "dask-gateway: {enabled: true}", False),
        (
            "    big: {machine: n2-highmem-16, labels: {k8s.dask.org/node-purpose: worker}}\n",
            "dask-gateway: {enabled: true}",
            False,
        ),
        ("", "dask-gateway: {enabled: false}", False),
        (
            "",
            f"dask-gateway: {{enabled: true, {OTHER_NODES}}}",
            False,
        ),
    ],
)
def test_dasks_workers_have_a_pool(values: Making, pools: str, text: str, told: bool) -> None:
    message = "no node pool for Dask's workers: declare one under `infrastructure.node_pools.dask`"
    lines = found(nodes.dask_nodes, values(text, cluster=POOLS + pools))
    assert lines == ([f"1:1:16: {message}"] if told else [])
