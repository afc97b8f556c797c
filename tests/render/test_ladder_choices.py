"""Choices of sizes, as users see them."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from deployer.fleet.machines.table import GIB, MIB
from deployer.render.ladder import Ladder, make_ladder
from deployer.render.ladder_choices import choices, ladder, profile_choices
from tests.render.test_ladder import ladders


def test_a_node_is_halved() -> None:
    choices = ladder("n2-highmem-4", choices=2)
    selector = {"node.kubernetes.io/instance-type": "n2-highmem-4"}
    assert choices == {
        "mem_13_3": {
            "display_name": "13.3 GB RAM, up to 3.3 CPUs",
            "default": True,
            "kubespawner_override": {
                "mem_guarantee": "13668M",
                "mem_limit": "13668M",
                "cpu_guarantee": 1.692,
                "cpu_limit": 3.385,
                "node_selector": selector,
            },
        },
        "mem_26_6": {
            "display_name": "26.6 GB RAM, 3.3 CPUs",
            "kubespawner_override": {
                "mem_guarantee": "27336M",
                "mem_limit": "27336M",
                "cpu_guarantee": 3.385,
                "cpu_limit": 3.385,
                "node_selector": selector,
            },
        },
    }


def names_of(name: str, **wishes: Any) -> list[str]:
    return [choice["display_name"] for choice in ladder(name, **wishes).values()]


def test_a_node_is_divided() -> None:
    assert names_of("r5.xlarge", strategy="dividing", choices=5) == [
        "5.8 GB RAM, up to 3.6 CPUs",
        "7.2 GB RAM, up to 3.6 CPUs",
        "9.6 GB RAM, up to 3.6 CPUs",
        "14.5 GB RAM, up to 3.6 CPUs",
        "29 GB RAM, 3.6 CPUs",
    ]


def test_small_choices_are_in_megabytes() -> None:
    assert names_of("t3.medium", choices=9, least=100 * MIB) == [
        "661 MB RAM, up to 1.6 CPUs",
        "1.2 GB RAM, up to 1.6 CPUs",
        "2.5 GB RAM, 1.6 CPUs",
    ]


def test_gpus_are_not_shared_out_in_parts() -> None:
    """Where four servers have a GPU each, there is no choice for eight."""
    found = ladder("g4dn.12xlarge", choices=9)
    assert {key: each["kubespawner_override"]["extra_resource_limits"] for key, each in found.items()} == {
        "mem_045_2": {"nvidia.com/gpu": "1"},
        "mem_090_4": {"nvidia.com/gpu": "2"},
        "mem_180_8": {"nvidia.com/gpu": "4"},
    }
    assert names_of("g4dn.12xlarge")[:2] == [
        "45.2 GB RAM, up to 47 CPUs, 1 NVIDIA T4 GPU",
        "90.4 GB RAM, up to 47 CPUs, 2 NVIDIA T4 GPUs",
    ]


def test_gpus_may_be_attached_to_a_machine_that_has_none() -> None:
    assert names_of("n1-standard-8", gpus=1) == ["24.8 GB RAM, 7.3 CPUs, 1 GPU"]
    assert ladder("n1-standard-8", gpus=1)["mem_24_8"]["kubespawner_override"]["extra_resource_limits"] == {
        "nvidia.com/gpu": "1"
    }


@given(ladders(), ladders())
def test_choices_are_in_the_order_of_their_keys(one: Ladder, other: Ladder) -> None:
    """Helm sorts keys; what users see goes from small to large, and the smallest is the default."""
    found = profile_choices([*choices(one), *choices(other)])
    assert list(found) == sorted(found)
    memory = [int(each["kubespawner_override"]["mem_limit"][:-1]) for each in found.values()]
    assert memory == sorted(memory)
    assert [each.get("default", False) for each in found.values()] == [True, *[False] * (len(found) - 1)]


def test_of_choices_that_look_alike_the_larger_one_stays() -> None:
    """Of 25 and of 26 on a node each has 1.0 GB, and so it is three times more."""
    made = make_ladder("n2-highmem-4", strategy="dividing", choices=26)
    found = profile_choices(choices(made))
    assert len(found) == 22
    assert found["mem_01_0"]["kubespawner_override"]["mem_limit"] == "1093M"


def test_no_choice_is_smaller_than_asked_for() -> None:
    assert list(ladder("n2-highmem-4", choices=9, least=2 * GIB)) == [
        "mem_03_3",
        "mem_06_6",
        "mem_13_3",
        "mem_26_6",
    ]
