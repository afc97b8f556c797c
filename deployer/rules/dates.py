"""Dates that hubs speak of: what was to be until one that is past."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, Rule, described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Feature, Hub
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem

PAST_DATE: Rule[Any] = described(
    "past-date",
    """Question what was to be until a date that is past.

    An announcement is shown no more then, a cohort is not let in, and nodes are warm for nobody. What is over
    is to be taken out, so that nobody reads it as what the hub does; or the date is a slip.
    """,
    "warning",
)
"""It looks at the clock, so what it finds is remembered by nobody."""
_ADVICE = "take it out, or write another date"


def past_dates(hub: Hub, now: datetime) -> Iterator[Problem]:
    """Return what is wrong with the dates of a hub at a moment, which has a time zone."""
    for feature in hub.features:
        for at, said, over in _until(feature):
            end = _end(said)
            if end is not None and end <= now:
                message = f"{over} since {end:%Y-%m-%d %H:%M} UTC: {_ADVICE}"
                yield PAST_DATE.problem(Finding(feature.document, (*feature.at, *at), message))


def _until(feature: Feature) -> Iterator[tuple[KeyPath, Any, str]]:
    """Yield each date until which something is: its path, what it says, and what is said when it is over."""
    settings = feature.settings
    if feature.name == "announcement":
        yield ("until",), settings.get("until"), "the announcement is shown no more"
    elif feature.name == "cohort":
        yield ("until",), settings["until"], "the cohort is let in no more"
    elif feature.name == "warm_nodes":
        for index, window in enumerate(settings["windows"]):
            yield ("windows", index, "until"), window["until"], "this window is over"


def _end(said: Any) -> datetime | None:
    """Return the moment of a date, which counts to its end in UTC, or of a time; None when it is neither."""
    try:
        if "T" in said:
            moment = datetime.fromisoformat(said)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return datetime.combine(date.fromisoformat(said) + timedelta(days=1), time(), UTC)
    except (TypeError, ValueError):
        return None
