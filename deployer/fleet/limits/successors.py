"""Pools that an upgrade of Kubernetes makes beside those that are declared, where it makes any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.fleet.limits.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deployer.fleet.node_pools import Pool

SUCCESSOR = re.compile(r"(.+)-1-[0-9]+")
"""What the new nodes of a pool are called, such as `small-1-34`."""
LONGEST = len("-1-34")
"""So much longer their names are."""


def limits(declared: Sequence[Pool]) -> Iterator[Limit]:
    """Yield pools that would be taken for the successors of others."""
    for pool in declared:
        if SUCCESSOR.fullmatch(pool.name):
            message = f"node pool {pool.name}: an upgrade of Kubernetes calls the new nodes of a pool so"
            yield Limit(pool.at, message, "leave the version out of its name")
