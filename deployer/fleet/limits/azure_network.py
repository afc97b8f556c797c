"""Networks on Azure: the ranges of nodes, of pods and of services must not meet."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from deployer.fleet.infrastructure import default_range
from deployer.fleet.limits.limit import Limit, at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.node_pools import Pool

_OWN_RANGES = ("10.244.0.0/14", "10.248.0.0/16")
"""Of pods and services, as terraform/azure has them."""
_NARROWEST = 27
_KEPT = 5
"""The nodes have half of the range, and Azure keeps so many addresses of that."""
_MOST_RANGES = 200


def limits(network: Mapping[str, Any], declared: Sequence[Pool]) -> Iterator[Limit]:
    """Yield what Azure would refuse of a network, and pools that could never have all of their nodes."""
    existing = network.get("existing")
    # One more is the address by which private nodes go out.
    most = _MOST_RANGES if existing or not network.get("private_nodes", True) else _MOST_RANGES - 1
    if len(network.get("allowed_ranges", [])) > most:
        message = f"`network.allowed_ranges`: AKS takes {most} at most"
        yield Limit(
            at("network", "allowed_ranges"), message, "give wider ranges, or the addresses of a gateway"
        )
    if existing:
        if len(existing["private_subnets"]) != 1:
            message = "a cluster on Azure is in one subnet"
            place = at("network", "existing", "private_subnets")
            yield Limit(place, message, "give one under `network.existing.private_subnets`")
        if network.get("flow_logs") and not existing["id"].startswith("/subscriptions/"):
            message = f"`network.existing.id` is no id of a network: {existing['id']}"
            yield Limit(at("network", "existing", "id"), message, "it begins with `/subscriptions/`")
        return
    yield from _range(network.get("range", default_range()), declared)


def _range(addresses: str, declared: Sequence[Pool]) -> Iterator[Limit]:
    try:
        found = ipaddress.IPv4Network(addresses)
    except ValueError:
        return  # told for all clouds
    if found.prefixlen > _NARROWEST:
        message = f"`network.range`: {found} has too few addresses for nodes"
        yield Limit(at("network", "range"), message, f"a /{_NARROWEST} is the least")
    else:
        yield from _pools(found, declared)
    for own in map(ipaddress.IPv4Network, _OWN_RANGES):
        if found.overlaps(own):
            message = f"`network.range`: {found} has addresses of {own}, which pods and services have"
            yield Limit(at("network", "range"), message, "take another, such as `10.0.0.0/16`")


def _pools(found: ipaddress.IPv4Network, declared: Sequence[Pool]) -> Iterator[Limit]:
    most = found.num_addresses // 2 - _KEPT
    for pool in declared:
        if pool.most > most:
            wanted = f"and node pool {pool.name} wants up to {pool.most}"
            yield Limit(
                (*pool.at, "max"),
                f"{found} has addresses for {most} nodes, {wanted}",
                "say a wider `network.range`, or a smaller `max`",
            )
