"""Which version of Kubernetes each cluster says it has, and until when its cloud supports that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from deployer.fleet.kubernetes_said import cloud, said
from deployer.fleet.kubernetes_support import offered, providers, support
from deployer.fleet.load import cluster_names, load, select_cluster
from deployer.fleet.problems import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from deployer.fleet.kubernetes_said import Said
    from deployer.fleet.kubernetes_support import Support
    from deployer.fleet.model import Cluster
    from deployer.fleet.problems import Problem

_CLUSTERS = PurePath("config/clusters")
SOON = 60
"""Days before the end of support at which it is told."""


@dataclass(frozen=True, kw_only=True)
class ClusterVersion:
    """What a cluster says. The first of `said` counts: what runs comes before what is asked for."""

    cluster: str
    provider: str | None
    said: tuple[Said, ...]
    support: Support | None
    today: date
    within: int = SOON

    @property
    def version(self) -> str | None:
        """The version that counts, None when nothing says one."""
        return self.said[0].version if self.said else None

    def warnings(self) -> Iterator[str]:
        """Yield what is to be done about the version before long."""
        others = [each for each in self.said if each.version != self.version]
        if others:
            first, other = self.said[0], others[0]
            yield (
                f"{self.cluster}: {first.where} says Kubernetes {first.version}, "
                f"and {other.where} says {other.version}"
            )
        if self.support:
            yield from self._about(self.support)

    def _about(self, known: Support) -> Iterator[str]:
        what = f"{known.service}'s support of Kubernetes {self.version}"
        state, end = known.state(self.today), known.next_end(self.today)
        if end is None:
            more = "" if known.extended else f"; we have no date of its {known.kind}"
            yield f"{self.cluster}: {what} has ended on {known.ends}{more}"
            return
        soon = (end - self.today).days <= self.within
        days = _in(end, self.today)
        if state == "standard" and soon:
            more = f"; then there is {known.kind}, until {known.extended}" if known.extended else ""
            yield f"{self.cluster}: {what} ends {days}, on {end}{more}"
        elif state == "extended":
            until = f"ends {days}, on {end}" if soon else f"lasts until {end}"
            yield f"{self.cluster}: {what} has ended on {known.standard}; {known.kind}, {until}"

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, an item of infra-versions.schema.json."""
        known = self.support
        return {
            "cluster": self.cluster,
            "provider": self.provider,
            "version": self.version,
            "said": [{"where": each.where, "version": each.version} for each in self.said],
            "support": _plain(known, self.today) if known else None,
            "warnings": list(self.warnings()),
        }


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A version that a cloud supports on a day, as far as we know."""

    provider: str
    version: str
    support: Support
    today: date

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, an item of infra-versions.schema.json."""
        return {
            "provider": self.provider,
            "version": self.version,
            "support": _plain(self.support, self.today),
        }


def offers(today: date) -> tuple[Offer, ...]:
    """Return what each cloud supports on a day, the oldest versions first."""
    return tuple(
        Offer(provider=provider, version=version, support=known, today=today)
        for provider in providers()
        for version, known in offered(provider, today)
    )


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What clusters say, and what is wrong with the files of others, by the names of those."""

    found: tuple[ClusterVersion, ...]
    failed: Mapping[str, ConfigurationError]


def look(
    root: Path, names: Collection[str], today: date, *, state: Path | None = None, within: int = SOON
) -> Looked:
    """Look at the clusters of these names, or all of a fleet. What is wrong with one hides no other.

    Raises:
        DeployerError: there is no such cluster, or something is wrong that is no cluster's own.
    """
    fleet, problems = load(root, state=state)
    known = cluster_names(root)
    wrong: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.severity == "error":
            wrong.setdefault(_cluster_of(problem, known), []).append(problem)
    if everybodys := wrong.get(""):
        raise ConfigurationError(everybodys)
    wanted = tuple(dict.fromkeys(names)) or known
    return Looked(
        found=tuple(
            version(select_cluster(fleet, name), today, within=within) for name in wanted if name not in wrong
        ),
        failed={name: ConfigurationError(wrong[name]) for name in wanted if name in wrong},
    )


def _cluster_of(problem: Problem, known: Collection[str]) -> str:
    """Return the name of the cluster whose files a problem is in, "" when it is no cluster's."""
    directory = PurePath(problem.path).parent
    return directory.name if directory.parent == _CLUSTERS and directory.name in known else ""


def version(cluster: Cluster, today: date, *, within: int = SOON) -> ClusterVersion:
    """Return what a cluster says. What ends within so many days is told in its warnings."""
    provider, versions = cloud(cluster), said(cluster)
    return ClusterVersion(
        cluster=cluster.name,
        provider=provider,
        said=versions,
        support=support(provider, versions[0].version) if versions else None,
        today=today,
        within=within,
    )


def _plain(known: Support, today: date) -> dict[str, Any]:
    return {
        "service": known.service,
        "state": known.state(today),
        "standard_until": str(known.standard),
        "extended_until": str(known.extended) if known.extended else None,
        "as_of": str(known.told),
        "sources": list(known.sources),
    }


def _in(day: date, today: date) -> str:
    days = (day - today).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
