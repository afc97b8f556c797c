"""The windows in which a hub keeps nodes warm, and how long nodes run in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class Window:
    """So many nodes are kept from one time until another."""

    nodes: int
    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds() / 3600


def windows(said: Iterable[Mapping[str, Any]]) -> tuple[Window, ...]:
    """Return windows as the feature says them, by their beginning. A ValueError says that a day is none."""
    found = (
        Window(
            nodes=each["nodes"],
            start=datetime.fromisoformat(each["from"]),
            end=datetime.fromisoformat(each["until"]),
        )
        for each in said
    )
    return tuple(sorted(found, key=lambda window: (window.start, window.end)))


def node_hours(windows: Sequence[Window]) -> float:
    """Return how many hours nodes are kept: where windows overlap, the one with most nodes counts."""
    times = sorted({time for window in windows for time in (window.start, window.end)})
    total = 0.0
    for start, end in pairwise(times):
        nodes = max((each.nodes for each in windows if each.start <= start < each.end), default=0)
        total += nodes * (end - start).total_seconds() / 3600
    return total
