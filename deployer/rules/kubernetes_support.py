"""Versions of Kubernetes that no cloud supports any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from deployer.fleet.kubernetes_said import cloud, said
from deployer.fleet.kubernetes_support import support
from deployer.fleet.rule import Finding, Rule, described

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from deployer.fleet.model import Fleet
    from deployer.fleet.problems import Problem

KUBERNETES_SUPPORT: Rule[Any] = described(
    "kubernetes-support",
    """Question a version of Kubernetes that its cloud does not support any more.

    Nobody mends holes in it, and the cloud lifts the cluster to another version when it sees fit, nodes or no
    nodes. Extended support counts as support. The dates are those of EKS and AKS, as we know them; of GKE's
    extended support we know none. `deployer infra versions` shows all of them.
    """,
    "warning",
)
"""It looks at the clock, so what it finds is remembered by nobody."""
_ADVICE = "lift the cluster to a version that is supported, and say that one here"


def supported(fleet: Fleet, today: date) -> tuple[Fleet, tuple[Problem, ...]]:
    """Return what is wrong with the versions on a day, and the fleet with what it ignores of that."""
    kept, hidden = fleet.ignores.sift(list(_unsupported(fleet, today)))
    return replace(fleet, hidden=(*fleet.hidden, *hidden)), tuple(kept)


def _unsupported(fleet: Fleet, today: date) -> Iterator[Problem]:
    for cluster in fleet.clusters:
        for first in said(cluster)[:1]:
            known = support(cloud(cluster), first.version)
            if known and known.extended and known.state(today) == "ended":
                message = (
                    f"{known.service}'s support of Kubernetes {first.version} "
                    f"has ended on {known.extended}: {_ADVICE}"
                )
                yield KUBERNETES_SUPPORT.problem(Finding(cluster.document, first.at, message))
