"""What is not done in a window of `freeze` unless somebody says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from deployer.fleet.model import Freeze
from deployer.operations.freezes import Frozen, heed_freeze
from deployer.progress import Silent
from tests.conftest import NOW
from tests.render import fleets

if TYPE_CHECKING:
    from deployer.session import Session

DAY = timedelta(days=1)
EXAM = Freeze(begins=NOW - DAY, ends=NOW + DAY, reason="exam", hub="chemistry")
CLUSTER = fleets.cluster("local", fleets.hub(name="chemistry", freezes=(EXAM,)), fleets.hub(name="other"))


class Told(Silent):
    """Keeps what is told."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, str]] = []

    def noted(self, subject: str, text: str) -> None:
        self.notes.append((subject, text))


def test_a_cluster_with_a_frozen_hub_is_not_changed(session: Session) -> None:
    with pytest.raises(Frozen) as caught:
        heed_freeze(session, CLUSTER, override=False)
    assert (caught.value.message, caught.value.hint, caught.value.exit_code) == (
        "not changed: hub `chemistry` is frozen until 2026-11-29 12:00 UTC (exam)",
        "wait until then; with `--override-freeze` it is changed all the same",
        1,
    )


def test_that_a_window_is_overridden_is_told(session: Session) -> None:
    told = Told()
    heed_freeze(replace(session, progress=told), CLUSTER, override=True)
    said = "hub `chemistry` is frozen until 2026-11-29 12:00 UTC (exam): overridden"
    assert told.notes == [("local", said)]


def test_outside_of_windows_nothing_is_in_the_way(session: Session) -> None:
    told = Told()
    later = replace(session, progress=told, clock=lambda: NOW + DAY)
    heed_freeze(later, CLUSTER, override=False)
    heed_freeze(later, CLUSTER, override=True)
    assert told.notes == []
