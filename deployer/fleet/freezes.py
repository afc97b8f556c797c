"""Windows in which nothing is to be deployed, as cluster.yaml says them under `freeze`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Freeze, Hub

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.fleet.model import Cluster, Installed

_FIRST, _LAST = timedelta(hours=14), timedelta(hours=12)
"""How far ahead of UTC a day begins first on earth, and how far behind it ends last."""


def freezes(said: Sequence[Any], *, hub: str | None = None) -> tuple[Freeze, ...]:
    """Return the windows of a hub, or of the whole cluster; what is no window, the schema has refused."""
    found = (window(each, hub=hub) for each in said)
    return tuple(each for each in found if each)


def window(said: Any, *, hub: str | None = None) -> Freeze | None:
    """Return what one entry says, None when it cannot be read."""
    try:
        return Freeze(
            begins=_begin(said["from"]), ends=_end(said["until"]), reason=str(said["reason"]), hub=hub
        )
    except (KeyError, TypeError, ValueError):
        return None


def freeze(cluster: Cluster, owner: Installed | None, now: datetime) -> Freeze | None:
    """Return the window that something is in, the one that ends last when there are several.

    `owner` is a hub, or the support of the cluster, or None for the cluster itself: these two are in the
    windows of all hubs, which are worse off without them.
    """
    hubs = (owner,) if isinstance(owner, Hub) else cluster.hubs
    windows = (*cluster.freezes, *(each for hub in hubs for each in hub.freezes))
    inside = (each for each in windows if each.begins <= now < each.ends)
    return max(inside, key=lambda each: each.ends, default=None)


def spans(cluster: Cluster) -> list[tuple[datetime, datetime]]:
    """Return when a cluster or any of its hubs is frozen: windows that overlap or touch are one."""
    joined: list[tuple[datetime, datetime]] = []
    windows = (*cluster.freezes, *(each for hub in cluster.hubs for each in hub.freezes))
    for begins, ends in sorted((each.begins, each.ends) for each in windows if each.begins < each.ends):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined


def _begin(said: str) -> datetime:
    return _moment(said) if "T" in said else _midnight(date.fromisoformat(said)) - _FIRST


def _end(said: str) -> datetime:
    return _moment(said) if "T" in said else _midnight(date.fromisoformat(said) + timedelta(days=1)) + _LAST


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError(said)
    return moment


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
