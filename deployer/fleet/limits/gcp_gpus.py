"""GPUs on Google Cloud: those of machine types, and those that are attached to machines of N1.

As cloud.google.com/compute/docs/gpus and cloud.google.com/kubernetes-engine/docs/concepts/gpus say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.limits.limit import Limit
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.node_pools import Pool

_OWN = {
    "a2-highgpu": "nvidia-tesla-a100",
    "a2-megagpu": "nvidia-tesla-a100",
    "a2-ultragpu": "nvidia-a100-80gb",
    "a3-edgegpu": "nvidia-h100-80gb",
    "a3-highgpu": "nvidia-h100-80gb",
    "a3-megagpu": "nvidia-h100-mega-80gb",
    "a3-ultragpu": "nvidia-h200-141gb",
    "g2-standard": "nvidia-l4",
}
"""What GKE calls the GPUs of machine types."""
_ATTACHED = {
    "nvidia-tesla-p4": (1, 2, 4),
    "nvidia-tesla-p100": (1, 2, 4),
    "nvidia-tesla-t4": (1, 2, 4),
    "nvidia-tesla-v100": (1, 2, 4, 8),
}
"""What can be attached to N1, and how many of it."""
_N1 = ("n1-", "custom-")
_MOST_SHARING = 48
_ASK = "say `gpu: {type: nvidia-tesla-t4}`, as `gcloud compute accelerator-types list` calls them"


def kind(pool: Pool) -> str | None:
    """Return what GKE calls the GPUs of a pool's nodes, None when it can't be told or they have none."""
    said: str | None = (pool.declared.get("gpu") or {}).get("type")
    return said or _OWN.get(pool.machine.rpartition("-")[0])


def count(pool: Pool) -> int:
    """Return how many GPUs a node of a pool has, attached or of the machine type."""
    own = pool.type.gpus if pool.type else 0
    said = pool.declared.get("gpu")
    if said is None:
        return own
    found: int = said.get("count") or own or 1
    return found


def limits(pool: Pool) -> Iterator[Limit]:
    """Yield what Google Cloud would refuse of the GPUs of a pool."""
    found, own = kind(pool), _OWN.get(pool.machine.rpartition("-")[0])
    what, here = f"node pool {pool.name}", (*pool.at, "gpu")
    if not count(pool):
        return
    if found is None:
        yield Limit(here, f"{what}: which GPUs do machines of {pool.machine} have?", _ASK)
    elif own and (found != own or (pool.type and count(pool) != pool.type.gpus)):
        many = f"{pool.type.gpus} of " if pool.type else ""
        message = f"{what}: machines of {pool.machine} have {many}{own}"
        yield Limit(here, message, "leave `type` and `count` out, or take another machine type")
    elif not own:
        yield from _attached(pool, found)
    sharing = (pool.declared.get("gpu") or {}).get("sharing", 0)
    if sharing > _MOST_SHARING:
        message = f"{what}: GKE lets {_MOST_SHARING} servers have one GPU together at most"
        yield Limit((*here, "sharing"), message, f"say `sharing: {_MOST_SHARING}` or less")


def _attached(pool: Pool, found: str) -> Iterator[Limit]:
    what, here = f"node pool {pool.name}", (*pool.at, "gpu")
    if pool.type and pool.type.gpus:
        return  # a machine type whose GPUs we do not know the name of
    if pool.type and not pool.machine.startswith(_N1):
        message = f"{what}: GPUs can be attached to machines of N1 only, not to {pool.machine}"
        yield Limit(here, message, "take one such as `n1-standard-8`, or a machine type with GPUs of its own")
    elif found not in _ATTACHED:
        message = f"{what}: no GPU that can be attached: {found}"
        yield Limit((*here, "type"), message, did_you_mean(found, _ATTACHED))
    elif count(pool) not in _ATTACHED[found]:
        message = f"{what}: {count(pool)} of {found} can't be attached"
        numbers = " or ".join(map(str, _ATTACHED[found]))
        yield Limit((*here, "count"), message, f"say `count`: {numbers}")
