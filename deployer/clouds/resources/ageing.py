"""What clouds delete by themselves once it is old: objects of buckets, snapshots, backups."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.clouds.resources.classes import DATABASE, Protection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

UNREADABLE = 0.0
"""The age in a rule that says something else than days. Its scope must tell it from others, with `scope`."""
_AGES = frozenset(
    {
        "age",
        "backup_retention_days",
        "backup_retention_period",
        "count",
        "date",
        "days",
        "days_since_noncurrent_time",
        "interval",
        "noncurrent_days",
        "retained_backups",
    }
)
"""Attributes that say how old. Others may be unknown in a plan that changes nothing of all that."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Things of one kind are deleted when they are so many days old: those of a scope, all where it is ""."""

    kind: str
    scope: str = ""
    days: float

    def covers(self, other: Rule) -> bool:
        """Say whether whatever the other deletes is deleted by this one, and not later."""
        return self.kind == other.kind and self.scope in ("", other.scope) and self.days <= other.days


@dataclass(frozen=True, kw_only=True)
class Ageing:
    """A type of resources that has such rules, in its attribute `block`; `things` are what they delete.

    `of` is the attribute that leads to what holds the things, where that is another resource. A rule that is
    new `reaches_back` to things that are there already, or is for those to come.
    """

    name: str
    things: str
    rules: Callable[[Mapping[str, Any]], Iterable[Rule]]
    block: str
    of: str | None = None
    reaches_back: bool = True

    def lost(self, change: Mapping[str, Any]) -> Protection | None:
        """Return what is lost when a change of Terraform's JSON lets things be deleted earlier, else None."""
        before, after = change.get("before"), change.get("after") or {}
        unknown = change.get("after_unknown") or {}
        if not after:
            return None
        if before is None or (self.of and before.get(self.of) != after.get(self.of)):
            if self.of is None or unknown.get(self.of):
                return None  # what holds them is only made now, with nothing in it
            before = {}
        if _is_unknown(unknown.get(self.block)):
            return self._told("of an age that is not known yet")
        former = tuple(self.rules(before))
        earlier = [rule.days for rule in self.rules(after) if self._is_earlier(rule, former)]
        if not earlier:
            return None
        days = min(earlier)
        return self._told("that new rules are for" if days == UNREADABLE else f"older than {days:g} days")

    def _is_earlier(self, rule: Rule, former: Iterable[Rule]) -> bool:
        if any(each.covers(rule) for each in former):
            return False
        known = any((each.kind, each.scope) == (rule.kind, rule.scope) for each in former)
        return known or self.reaches_back

    def _told(self, which: str) -> Protection:
        return Protection(name=self.name, lost=f"{self.things} {which}")


def backups_kept(attribute: str) -> Ageing:
    """Return how databases age whose backups are kept for the days of an attribute."""

    def rules(values: Mapping[str, Any]) -> Iterable[Rule]:
        days = values.get(attribute)
        return () if days is None else (Rule(kind="backups", days=days),)

    return Ageing(name=DATABASE.name, things="backups", rules=rules, block=attribute, reaches_back=False)


def scope(*conditions: Any) -> str:
    """Return conditions as a text that is the same for the same ones, without what is empty in them."""
    found = [kept for each in conditions if (kept := _pruned(each)) is not None]
    return json.dumps(found, sort_keys=True) if found else ""


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        value = {key: kept for key, each in value.items() if (kept := _pruned(each)) is not None}
    elif isinstance(value, list):
        value = [kept for each in value if (kept := _pruned(each)) is not None]
    return None if value in (None, "", [], {}, 0, False) else value


def _is_unknown(node: Any) -> bool:
    """Say whether a block as `after_unknown` has it is not known as a whole, or an age in it is not."""
    if isinstance(node, list):
        return any(_is_unknown(each) for each in node)
    if isinstance(node, dict):
        return any(
            value is True if key in _AGES else not isinstance(value, bool) and _is_unknown(value)
            for key, value in node.items()
        )
    return node is True
