"""Memory and processors of servers and containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.resources import RULES, container_resources, server_guarantee, server_units
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

MEMORY = "a number with K, M, G or T, such as `2G` (KubeSpawner does not know `2Gi`)"
CPU = "a number, such as 0.5 (KubeSpawner takes no text)"


def test_units_are_those_of_kubespawner(values: Making) -> None:
    text = """\
    jupyterhub:
      singleuser:
        memory: {limit: 2Gi, guarantee: 1G}
        cpu: {limit: 500m}
        profileList:
          - display_name: A
            kubespawner_override: {mem_limit: 1.5, mem_guarantee: null, cpu_limit: "2"}
    """
    assert found(server_units, values(text)) == [
        f"1:3:14: `memory.limit` must be {MEMORY}",
        f"1:4:11: `cpu.limit` must be {CPU}",
        f"1:7:69: `cpu_limit` must be {CPU}",
    ]


def test_a_server_is_guaranteed_no_more_than_its_limit(values: Making) -> None:
    text = "jupyterhub: {singleuser: {memory: {limit: 1G, guarantee: 2G}, cpu: {limit: 0.5, guarantee: 1}}}"
    assert found(server_guarantee, values(text)) == [
        "1:1:36: more memory guaranteed than the limit is: 2 GiB of 1 GiB",
        "1:1:69: more processors guaranteed than the limit is: 1 of 0.5",
    ]


def test_what_a_profile_leaves_out_is_that_of_all_servers(values: Making) -> None:
    """The chart guarantees 1 GiB by itself."""
    text = """\
    jupyterhub:
      singleuser:
        memory: {limit: 4G}
        profileList:
          - {display_name: A, kubespawner_override: {mem_limit: 512M}}
          - {display_name: B, kubespawner_override: {mem_limit: 512M, mem_guarantee: 256M}}
          - {display_name: C, kubespawner_override: {mem_guarantee: 8G}}
          - {display_name: D, kubespawner_override: {mem_guarantee: 8G, mem_limit: null}}
    """
    more = "more memory guaranteed than the limit is:"
    assert found(server_guarantee, values(text)) == [
        f"1:5:50: {more} 1 GiB of 0.5 GiB",
        f"1:7:50: {more} 8 GiB of 4 GiB",
    ]


def test_each_combination_of_choices_is_looked_at(values: Making) -> None:
    text = """\
    jupyterhub:
      singleuser:
        profileList:
          - display_name: A
            profile_options:
              image:
                choices: {a: {kubespawner_override: {image: "a/b:1"}}}
              share:
                choices:
                  small: {kubespawner_override: {mem_guarantee: 1G}}
                  large: {kubespawner_override: {mem_guarantee: 8G}}
              limit:
                choices:
                  low: {kubespawner_override: {mem_limit: 4G}}
                  high: {kubespawner_override: {mem_limit: 16G}}
    """
    assert found(server_guarantee, values(text)) == [
        "1:14:44: more memory guaranteed than the limit is: 8 GiB of 4 GiB"
    ]


def test_very_many_combinations_take_no_time(values: Making) -> None:
    choices = ", ".join(f"c{i}: {{kubespawner_override: {{mem_limit: {i}G}}}}" for i in range(1, 10))
    options = ", ".join(f"o{i}: {{choices: {{{choices}}}}}" for i in range(12))
    text = (
        f"jupyterhub: {{singleuser: {{profileList: [{{display_name: A, profile_options: {{{options}}}}}]}}}}"
    )
    assert found(server_guarantee, values(text)) == []


def test_containers_have_quantities_and_requests_within_limits(values: Making) -> None:
    text = """\
    jupyterhub:
      hub:
        resources:
          requests: {cpu: 500m, memory: 2Gi, ephemeral-storage: 1Gi}
          limits: {cpu: 1, memory: 1Gi}
        extraContainers:
          - resources: {limits: {memory: 64MB, cpu: null}}
    """
    assert found(container_resources, values(text)) == [
        "1:4:29: `requests.memory` is more than `limits.memory`",
        "1:7:30: `limits.memory` must be a quantity, such as `500m` or `2Gi`",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "jupyterhub: {singleuser: {memory: 1, cpu: [], profileList: [{kubespawner_override: []}]}}",
        "jupyterhub: {hub: {resources: {requests: 1, limits: []}}}",
        "jupyterhub: {singleuser: {memory: {limit: 0}}}",
        f"{{jupyterhub: {{singleuser: {{memory: {{limit: '{ENCRYPTED}'}}}}}}, sops: {{version: 1}}}}",
        f"jupyterhub: {{hub: {{resources: {{limits: {{memory: '{ENCRYPTED}'}}}}}}}}\nsops: {{version: 1}}",
    ],
)
def test_wrong_types_no_limits_and_encrypted_values_are_left_alone(values: Making, text: str) -> None:
    assert found(RULES, values(text)) == []
