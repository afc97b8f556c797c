"""Windows in which nothing is to be deployed: when they begin and end, and what is in them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deployer.fleet.freezes import freeze, freezes, window
from deployer.fleet.model import Freeze
from tests.render import fleets

SECOND = timedelta(seconds=1)
EXAM = {"from": "2026-12-01T08:00+01:00", "until": "2026-12-01T12:00+01:00", "reason": "exam"}
BEGINS, ENDS = datetime.fromisoformat("2026-12-01T07:00Z"), datetime.fromisoformat("2026-12-01T11:00Z")


def test_moments_are_taken_with_their_offset() -> None:
    assert window(EXAM) == Freeze(begins=BEGINS, ends=ENDS, reason="exam")


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        # On Kiritimati, 14 hours ahead of UTC, and on Baker Island, 12 hours behind.
        ("2026-11-30T23:59:59+14:00", False),
        ("2026-12-01T00:00+14:00", True),
        ("2026-12-02T23:59:59-12:00", True),
        ("2026-12-03T00:00-12:00", False),
    ],
)
def test_days_count_from_their_first_beginning_to_their_last_end_on_earth(
    moment: str, *, inside: bool
) -> None:
    days = freezes([{"from": "2026-12-01", "until": "2026-12-02", "reason": "exams"}])
    found = freeze(fleets.cluster("local", freezes=days), None, datetime.fromisoformat(moment))
    assert (found is not None) == inside


def test_a_window_includes_its_beginning_and_not_its_end() -> None:
    exam = fleets.hub(freezes=freezes([EXAM]))
    cluster = fleets.cluster("local", exam)
    moments = (BEGINS - SECOND, BEGINS, ENDS - SECOND, ENDS)
    assert [freeze(cluster, exam, each) is not None for each in moments] == [False, True, True, False]


def test_a_hub_is_in_its_own_windows_and_the_clusters_and_the_support_in_those_of_all() -> None:
    exam = fleets.hub(name="exam", freezes=freezes([EXAM], hub="exam"))
    other = fleets.hub(name="other")
    cluster = fleets.cluster("local", exam, other)
    owners = (exam, other, cluster.support, None)
    own = Freeze(begins=BEGINS, ends=ENDS, reason="exam", hub="exam")
    assert [freeze(cluster, owner, BEGINS) for owner in owners] == [own, None, own, own]
    closed = Freeze(begins=BEGINS, ends=ENDS + SECOND, reason="nobody is there")
    cluster = fleets.cluster("local", exam, other, freezes=(closed,))
    assert [freeze(cluster, owner, BEGINS) for owner in owners] == [closed] * 4


def test_of_several_windows_the_one_that_ends_last_counts() -> None:
    longer = {**EXAM, "until": "2026-12-24T12:00+01:00", "reason": "exams"}
    cluster = fleets.cluster("local", freezes=freezes([longer, EXAM]))
    found = freeze(cluster, None, BEGINS)
    assert str(found) == "frozen until 2026-12-24 11:00 UTC (exams)"


@pytest.mark.parametrize(
    "said",
    [
        "exam",
        {},
        {**EXAM, "from": "2026-12-01T08:00"},
        {**EXAM, "until": 1},
        {**EXAM, "until": "2026-02-30"},
        {key: EXAM[key] for key in ("from", "until")},
    ],
)
def test_what_cannot_be_read_is_no_window(said: object) -> None:
    assert window(said) is None
