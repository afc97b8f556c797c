"""What a cluster may need of the quotas of its account: processors and GPUs, when all pools are full."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.fleet.limits import gcp_gpus
from deployer.fleet.limits.facts import facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.node_pools import Pool

_LETTERS = re.compile(r"[a-z]+")
_P5 = "p5"
"""Spot instances of it have a quota of their own."""
_GROUPS, _NODES = "L-6D54EA21", "L-BD136A63"


@dataclass(frozen=True, kw_only=True)
class Need:
    """How much of a quota node pools may need, `of` what. `pools` are those that share it."""

    code: str
    name: str
    default: int
    amount: int
    of: str
    pools: Sequence[Pool]
    service: str = ""

    @property
    def largest(self) -> Pool:
        """The pool that needs most of it."""
        return max(self.pools, key=_size)


def codes(cloud: str) -> list[str]:
    """Return the codes of the quotas that we know of a cloud."""
    return list(facts(cloud)["quotas"])


def needs(cloud: str, pools: Sequence[Pool]) -> Iterator[Need]:
    """Yield what pools may need of each quota that they use."""
    shares: dict[str, _Share] = {}
    for pool in pools:
        for code, of, amount in _USES[cloud](pool):
            share = shares.setdefault(code, _Share(of))
            share.amount += amount
            share.pools.append(pool)
    for code, share in shares.items():
        yield _need(cloud, code, share.amount, share.of, share.pools)
    if cloud == "aws":
        yield _need(cloud, _GROUPS, len(pools), "node groups", pools)
        for pool in pools:
            yield _need(cloud, _NODES, pool.most, "nodes", [pool])


@dataclass
class _Share:
    of: str
    amount: int = 0
    pools: list[Pool] = field(default_factory=list)


def _need(cloud: str, code: str, amount: int, of: str, pools: Sequence[Pool]) -> Need:
    quota: Mapping[str, Any] = facts(cloud)["quotas"][code]
    return Need(
        code=code,
        name=quota["name"],
        default=quota["default"],
        amount=amount,
        of=of,
        pools=pools,
        service=quota.get("service", ""),
    )


def _aws(pool: Pool) -> Iterator[tuple[str, str, int]]:
    letters = _LETTERS.match(pool.machine)
    family = facts("aws")["families"].get(letters[0]) if letters else None
    if pool.spot and pool.machine.startswith(_P5):
        family = _P5
    for code, quota in facts("aws")["quotas"].items():
        if pool.type and family and quota.get("family") == family and quota["spot"] == pool.spot:
            yield code, "vCPUs", pool.type.cpu * pool.most


def _azure(pool: Pool) -> Iterator[tuple[str, str, int]]:
    if pool.type is None:
        return
    amount = pool.type.cpu * pool.most
    yield "lowPriorityCores" if pool.spot else "cores", "vCPUs", amount
    if pool.type.gpus and not pool.spot:
        yield "gpuCores", "vCPUs", amount


def _gcp(pool: Pool) -> Iterator[tuple[str, str, int]]:
    if gcp_gpus.count(pool):
        yield "GPUS_ALL_REGIONS", "GPUs", gcp_gpus.count(pool) * pool.most


_USES = {"aws": _aws, "azure": _azure, "gcp": _gcp}


def _size(pool: Pool) -> int:
    return (pool.type.cpu if pool.type else 1) * pool.most
