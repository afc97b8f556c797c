"""Clusters that ask for infrastructure, and what is said of them, with the path of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.keypath import shown
from deployer.fleet.limits import limits
from tests.render.tfvars import asked

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster

SMALL = {
    "aws": """
infrastructure:
  zones: [us-west-2a, us-west-2b]
  node_pools:
    core: {machine: r6i.large}
""",
    "azure": """
infrastructure:
  zones: ["1"]
  node_pools:
    core: {machine: Standard_D4s_v5}
""",
    "gcp": """
infrastructure:
  zones: [us-central1-b]
  node_pools:
    core: {machine: n2-highmem-4}
""",
}


def cluster(cloud: str, **changed: Any) -> Cluster:
    """A small cluster of a cloud, in whose block keys are replaced."""
    return asked.cluster(SMALL[cloud], cloud, **changed)


def told(cloud: str, **changed: Any) -> list[str]:
    """Return each limit as `path below infrastructure: message`; each says what to do about it."""
    found = list(limits(cluster(cloud, **changed)))
    assert all(each.hint for each in found)
    return [f"{shown(each.at).removeprefix('infrastructure.')}: {each.message}" for each in found]
