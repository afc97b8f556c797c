"""Whether nodes of declared pools have room for servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.operations.resource_allocation import profile_options
from deployer.render.ladder import make_ladder
from deployer.render.text import as_yaml
from deployer.rules.values import nodes, resources
from deployer.rules.values.server_size import RULES
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

POOLS = """\
infrastructure:
  node_pools:
    core: {machine: n2-highmem-2}
    notebooks:
      - name: small
        machine: n2-highmem-4
        labels: {size: small}
      - name: large
        machine: n2-highmem-16
        labels: {size: large}
"""
GPUS = """\
infrastructure:
  node_pools:
    notebooks:
      - {name: plain, machine: n2-highmem-16, labels: {kind: plain}}
      - {name: attached, machine: n1-standard-8, gpu: {type: nvidia-tesla-t4, count: 2}, labels: {kind: gpu}}
      - {name: built-in, machine: g2-standard-4, labels: {kind: gpu}}
      - {name: shared, machine: g2-standard-4, gpu: {sharing: 4}, labels: {kind: shared}}
"""


def user(*lines: str) -> str:
    return "\n".join(["jupyterhub:", "  singleuser:", *(f"    {line}" for line in lines)])


def profiles(*overrides: str) -> str:
    listed = (f"  - {{display_name: A{i}, kubespawner_override: {each}}}" for i, each in enumerate(overrides))
    return user("profileList:", *listed)


def test_a_server_fits_on_a_node(values: Making) -> None:
    """What the system and the cloud keep of a node is no room, and usual daemons are told of."""
    text = """\
    jupyterhub:
      singleuser:
        nodeSelector: {size: small}
        memory: {guarantee: 32G, limit: 64G}
        profileList:
          - {display_name: A}
          - {display_name: B, kubespawner_override: {mem_guarantee: 28.3G, cpu_guarantee: 3.92}}
          - {display_name: C, kubespawner_override: {mem_guarantee: 1G, cpu_guarantee: 4}}
          - {display_name: D, kubespawner_override: {mem_guarantee: 127G, node_selector: {size: large}}}
          - {display_name: E, kubespawner_override: {node_selector: {size: null}}}
    """
    small = "the largest pool for it, `small` (n2-highmem-4), gives"
    large = "the largest pool for it, `large` (n2-highmem-16), gives"
    assert found(RULES, values(text, cluster=POOLS)) == [
        f"1:4:14: 32 GiB guaranteed, and {small} 28.3 GiB; ask for at most 26.6G",
        f"1:8:69: 4 processors guaranteed, and {small} 3.92; ask for at most 3.38",
        f"1:9:50: 127 GiB guaranteed, and {large} 118.5 GiB; ask for at most 114.4G",
    ]


def test_a_node_must_have_the_gpus(values: Making) -> None:
    text = profiles(
        "{node_selector: {kind: plain}, extra_resource_limits: {nvidia.com/gpu: '1'}}",
        "{node_selector: {kind: gpu}, extra_resource_limits: {nvidia.com/gpu: 3}}",
        "{node_selector: {kind: gpu}, extra_resource_limits: {nvidia.com/gpu: '2'}}",
        "{node_selector: {kind: shared}, extra_resource_limits: {nvidia.com/gpu: '4'}}",
    )
    assert found(RULES, values(text, cluster=GPUS)) == [
        "1:4:105: 1 GPU wanted, and no pool for it has any",
        "1:5:103: 3 GPUs wanted, and a node of the largest pool for it, `attached` (n1-standard-8), has 2",
    ]


def test_gpus_of_all_servers_count(values: Making) -> None:
    text = user("extraResource: {limits: {nvidia.com/gpu: '9'}}", "nodeSelector: {kind: gpu}")
    assert found(RULES, values(text, cluster=GPUS)) == [
        "1:3:30: 9 GPUs wanted, and a node of the largest pool for it, `attached` (n1-standard-8), has 2"
    ]


def test_one_node_must_have_room_for_all(values: Making) -> None:
    """Memory is on one pool, GPUs are on another."""
    text = profiles("{mem_guarantee: 100G, cpu_guarantee: 2, extra_resource_limits: {nvidia.com/gpu: '1'}}")
    cluster = GPUS.replace("      - {name: shared", "      # {name: shared")
    assert found(RULES, values(text, cluster=cluster)) == [
        "1:4:9: no pool for it has room for all of this on one node: 100 GiB, 2 processors, 1 GPU"
    ]


def test_where_kubernetes_is_nobodys_the_whole_machine_counts(values: Making) -> None:
    """Only a managed Kubernetes is known to keep something for itself."""
    text = profiles("{mem_guarantee: 127.9G, cpu_guarantee: 16}", "{cpu_guarantee: 16.1}")
    large = "the largest pool for it, `large` (n2-highmem-16),"
    assert found(RULES, values(text, provider="kubeconfig", cluster=POOLS)) == [
        f"1:5:51: 16.1 processors guaranteed, and {large} gives 16; ask for at most 15.23"
    ]


@pytest.mark.parametrize(
    ("provider", "machine"),
    [("gcp", "n2-highmem-4"), ("aws", "r5.4xlarge"), ("azure", "Standard_E8s_v5"), ("aws", "g4dn.12xlarge")],
)
def test_choices_that_are_generated_fit(values: Making, provider: str, machine: str) -> None:
    """Also by the rules about guarantees, limits and units."""
    profile = {"display_name": "A", **profile_options(make_ladder(machine, choices=9))}
    text = as_yaml({"jupyterhub": {"singleuser": {"profileList": [profile]}}})
    pools = f"infrastructure: {{node_pools: {{notebooks: {{machine: {machine}}}}}}}"
    release = values(text, provider=provider, cluster=pools)
    assert found((*RULES, *resources.RULES, *nodes.RULES), release) == []


def test_a_machine_of_unknown_size_is_large_enough(values: Making) -> None:
    text = "jupyterhub: {singleuser: {memory: {guarantee: 4000G}}}"
    pools = "infrastructure: {node_pools: {notebooks: [{machine: n2-highmem-4}, {machine: special}]}}"
    assert found(RULES, values(text, cluster=pools)) == []


def test_nothing_is_advised_where_daemons_leave_no_room(values: Making) -> None:
    pools = "infrastructure: {node_pools: {notebooks: [{machine: e2-micro}]}}"
    assert found(RULES, values(user("memory: {guarantee: 2G}"), cluster=pools)) == [
        "1:3:14: 2 GiB guaranteed, and the largest pool for it, `notebooks` (e2-micro), gives 0.5 GiB"
    ]


@pytest.mark.parametrize(
    "override",
    [
        f"{{mem_guarantee: '{ENCRYPTED}'}}",
        f"{{extra_resource_limits: {{nvidia.com/gpu: '{ENCRYPTED}'}}}}",
        "{extra_resource_limits: 1}",
        "{extra_resource_limits: {nvidia.com/gpu: [1]}, node_selector: {kind: plain}}",
        "{extra_resource_limits: {nvidia.com/gpu: null}, node_selector: {kind: plain}}",
    ],
)
def test_wrong_types_and_encrypted_values_are_left_alone(values: Making, override: str) -> None:
    assert found(RULES, values(f"{profiles(override)}\nsops: {{version: 1}}", cluster=GPUS)) == []
