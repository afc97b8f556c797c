"""What rules find in one release, now or as they did before when nothing has changed since."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from deployer.fleet.manifests import objects
from deployer.fleet.problems import Problem
from deployer.operations.refusals import refused
from deployer.operations.render import handed, manifests, rendered
from deployer.operations.shipped import at_the_hub
from deployer.rules import manifests as manifest_rules
from deployer.rules import support
from deployer.rules import values as values_rules
from deployer.rules.alarm import alarm_rule
from deployer.rules.subjects import HubObjects, HubValues, ReleaseObjects, ReleaseValues
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from deployer.fleet.model import Cluster, Hub, Installed
    from deployer.fleet.rule import Rule
    from deployer.operations.render import Rendered
    from deployer.operations.validation.work import Work
    from deployer.tools.process import ProgramFailed

S = TypeVar("S")

_FIELDS = ("path", "line", "column", "message", "rule", "severity")


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What rules have found, ignored or not, and what is to be said about how they looked."""

    problems: tuple[Problem, ...]
    notices: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"problems": list(map(astuple, self.problems)), "notices": list(self.notices)}


def from_plain(data: Mapping[str, Any]) -> Findings:
    """Return findings that were made plain data."""
    problems = (Problem(**dict(zip(_FIELDS, each, strict=True))) for each in data["problems"])
    return Findings(problems=tuple(problems), notices=tuple(data["notices"]))


@dataclass(frozen=True, kw_only=True)
class ReleaseFindings:
    """Looks for what is wrong with a release. What rules see is its own cluster, and no other.

    Unless it is `complete`, only those rules are asked that need not know all of it.
    """

    work: Work
    cluster: Cluster
    hub: Installed
    complete: bool = True

    def in_values(self) -> Findings:
        """Return what the rules about values find.

        Raises:
            ChartUnavailable: a package of the chart is not at hand.
            DeployerError: something is wrong with the chart.
        """
        return self._remembered(self._key, self._look_at_values)

    def in_objects(self) -> Findings:
        """Return what the rules about objects find.

        Raises:
            ProgramMissing: there is no Helm.
            DeployerError: Helm does not render the release.
        """
        work = self.work
        key = work.keys.objects(self._key, work.helm) if work.cache else ""
        return self._remembered(key, self._look_at_objects)

    def refused(self, error: ProgramFailed) -> Problem:
        """Return what is wrong when Helm does not render the release."""
        return refused(self.work.fleet.root, self._release, error)

    def _look_at_values(self) -> Findings:
        raise NotImplementedError

    def _look_at_objects(self) -> Findings:
        raise NotImplementedError

    @cached_property
    def _key(self) -> str:
        return self.work.keys.values(self.cluster, self.hub, self.complete) if self.work.cache else ""

    def _remembered(self, key: str, look: Callable[[], Findings]) -> Findings:
        known = self.work.known(key)
        if known is not None:
            return from_plain(known)
        found = look()
        self.work.keep(key, self.hub, found.plain())
        return found

    def _found(self, rules: Iterable[Rule[S]], subject: S) -> tuple[Problem, ...]:
        placed = partial(at_the_hub, self.work.fleet.root, self.hub)
        return tuple(problem for rule in rules for problem in rule.problems(subject, placed))

    def _objects(self) -> tuple[Mapping[str, Any], ...]:
        """Return the objects; where a comment has changed, Helm is not asked again."""
        work, values = self.work, handed(self._release)
        key = work.keys.rendering(self._release, values, work.helm) if work.cache else ""
        known = work.known(key)
        if known is not None:
            return tuple(known)
        found = objects(manifests(work.session, self._release, helm=work.helm, values=values))
        work.keep(key, self.hub, found)
        return found

    @cached_property
    def _release(self) -> Rendered:
        work = self.work
        return rendered(work.session, work.fleet, self.cluster, self.hub, decrypt=False, charts=work.charts)


@dataclass(frozen=True, kw_only=True)
class HubFindings(ReleaseFindings):
    """Looks for what is wrong with a hub."""

    hub: Hub

    def _look_at_values(self) -> Findings:
        rules = (*values_rules.RULES, *self.work.own.of_values) if self.complete else values_rules.ALONE
        return Findings(problems=self._found(rules, self._subject), notices=self._release.chart.notices)

    def _look_at_objects(self) -> Findings:
        subject = HubObjects(release=self._subject, objects=self._objects())
        rules: tuple[Rule[HubObjects], ...] = (*manifest_rules.RULES, *self.work.own.of_objects)
        return Findings(problems=self._found(rules, subject), notices=manifest_rules.notices(subject))

    @cached_property
    def _subject(self) -> HubValues:
        release, fleet = self._release, self.work.fleet
        return HubValues(
            fleet=replace(fleet, clusters=(self.cluster,), documents=(), whole=False, hidden=()),
            cluster=self.cluster,
            owner=self.hub,
            host=release.host,
            chart=release.chart,
            merged=release.merged,
            handed=release.values_for_helm,
            complete=self.complete,
        )


@dataclass(frozen=True, kw_only=True)
class SupportFindings(ReleaseFindings):
    """Looks for what is wrong with what a cluster runs for all of its hubs."""

    def in_objects(self) -> Findings:
        """Return what the rules about objects find, and what promtool has against rules of alarms."""
        found = super().in_objects()
        refused = self._found((alarm_rule(programs(self.work.session)),), self._subject)
        return replace(found, problems=(*found.problems, *refused))

    def _look_at_values(self) -> Findings:
        problems = self._found(support.RULES, self._subject)
        return Findings(problems=problems, notices=self._release.chart.notices)

    def _look_at_objects(self) -> Findings:
        subject = ReleaseObjects(release=self._subject, objects=self._objects())
        problems = self._found(manifest_rules.OF_SUPPORT, subject)
        return Findings(problems=problems, notices=manifest_rules.notices(subject))

    @cached_property
    def _subject(self) -> ReleaseValues:
        release = self._release
        return ReleaseValues(
            cluster=self.cluster,
            owner=self.hub,
            chart=release.chart,
            merged=release.merged,
            handed=release.values_for_helm,
            complete=self.complete,
        )
