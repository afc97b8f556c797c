"""How much of their account's quotas node pools may need."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.fleet.limits.quotas import codes, needs
from deployer.fleet.node_pools import pools
from tests.fleet.limits.asking import SMALL, cluster


def needed(cloud: str, **node_pools: Any) -> dict[str, int]:
    """Return how much of each quota is needed; of those for each pool alone, the most."""
    found: dict[str, int] = {}
    for each in needs(cloud, pools(cluster(cloud, node_pools=node_pools))):
        found[each.code] = max(found.get(each.code, 0), each.amount)
    return found


def test_amazon_counts_processors_by_family_and_whether_they_are_spot() -> None:
    found = needed(
        "aws",
        core={"machine": "r6i.large", "max": 3},
        notebooks={"machine": "m7g.xlarge"},
        gpu={
            "a": {"machine": "gr6.4xlarge", "max": 1},
            "b": {"machine": "p5.48xlarge", "max": 1, "spot": True},
        },
        dask={"machine": "r5.4xlarge", "max": 2, "spot": True},
    )
    assert found == {
        "L-1216C47A": 3 * 2 + 20 * 4,
        "L-DB2E81BA": 16,
        "L-C4BD4855": 192,
        "L-34B43A08": 32,
        "L-6D54EA21": 5,
        "L-BD136A63": 20,
    }


def test_azure_counts_processors_of_all_machines_and_those_with_gpus_again() -> None:
    found = needed(
        "azure",
        core={"machine": "Standard_D4s_v5", "max": 3},
        gpu={"machine": "Standard_NC4as_T4_v3", "max": 2},
        dask={"machine": "Standard_E4s_v5", "spot": True, "max": 10},
    )
    assert found == {"cores": 20, "gpuCores": 8, "lowPriorityCores": 40}


def test_google_counts_gpus_attached_or_not() -> None:
    found = needed(
        "gcp",
        core={"machine": "n2-highmem-4"},
        gpu={
            "t4": {"machine": "n1-standard-8", "gpu": {"type": "nvidia-tesla-t4", "count": 2}, "max": 3},
            "l4": {"machine": "g2-standard-24", "max": 5},
        },
    )
    assert found == {"GPUS_ALL_REGIONS": 16}


def test_the_pool_that_needs_most_is_told_of() -> None:
    declared = {"core": {"machine": "r6i.large", "max": 3}, "notebooks": {"machine": "r6i.xlarge"}}
    (first, *_) = needs("aws", pools(cluster("aws", node_pools=declared)))
    assert first.largest.name == "notebooks"


def test_nothing_is_known_of_machines_that_are_not_in_the_table() -> None:
    assert "L-1216C47A" not in needed("aws", core={"machine": "i4i.large"})


@pytest.mark.parametrize("cloud", SMALL)
def test_every_need_has_a_code_that_is_known(cloud: str) -> None:
    machine = {"aws": "g5.xlarge", "azure": "Standard_NC4as_T4_v3", "gcp": "g2-standard-4"}[cloud]
    assert set(needed(cloud, core={"machine": machine})) <= set(codes(cloud))
