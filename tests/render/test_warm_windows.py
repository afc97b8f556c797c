from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from deployer.render.warm_windows import Window, node_hours, windows


def said(nodes: int, start: str, end: str) -> dict[str, Any]:
    return {"nodes": nodes, "from": start, "until": end}


def test_windows_stand_in_the_order_of_their_beginning_whatever_their_zone() -> None:
    found = windows(
        [
            said(1, "2026-12-01T10:00+01:00", "2026-12-01T12:30+01:00"),
            said(2, "2026-12-01T08:30Z", "2026-12-01T09:00:00Z"),
        ]
    )
    assert found == (
        Window(
            nodes=2,
            start=datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
            end=datetime(2026, 12, 1, 9, tzinfo=UTC),
        ),
        Window(
            nodes=1,
            start=datetime(2026, 12, 1, 9, tzinfo=UTC),
            end=datetime(2026, 12, 1, 11, 30, tzinfo=UTC),
        ),
    )
    assert [window.hours for window in found] == [0.5, 2.5]


def test_a_day_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="day is out of range"):
        windows([said(1, "2026-11-31T10:00Z", "2026-12-01T12:00Z")])


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([], 0),
        ([(3, 8, 10)], 6),
        ([(3, 8, 10), (2, 12, 13)], 8),
        ([(3, 8, 10), (2, 9, 12)], 3 + 3 + 2 + 2),
        ([(1, 8, 12), (4, 9, 10)], 1 + 4 + 1 + 1),
    ],
)
def test_where_windows_overlap_the_one_with_most_nodes_counts(
    hours: list[tuple[int, int, int]], expected: int
) -> None:
    found = windows(
        said(nodes, f"2026-12-01T{start:02d}:00Z", f"2026-12-01T{end:02d}:00Z") for nodes, start, end in hours
    )
    assert node_hours(found) == expected
