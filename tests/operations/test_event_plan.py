"""What an event takes, for people and for programs."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from deployer.errors import DeployerError
from deployer.fleet.model import Feature
from deployer.fleet.schema_files import SCHEMAS
from deployer.operations.event_plan import EventPlan, event_plan, lines, summary
from tests.render import fleets

WINDOWS = [
    {"nodes": 2, "from": "2026-12-01T08:00Z", "until": "2026-12-01T10:00Z"},
    {"nodes": 1, "from": "2026-12-01T09:00Z", "until": "2026-12-01T11:30Z"},
]


def plan(windows: list[dict[str, Any]] | None, price: float | None = None) -> EventPlan:
    settings = {"windows": windows}
    feature = Feature(name="warm_nodes", settings=settings, document=fleets.document("{}"))
    hub = fleets.hub(features=() if windows is None else (feature,))
    return event_plan(fleets.cluster("gcp", hub), hub, price=price)


def test_without_a_price_it_is_hours_of_nodes() -> None:
    assert list(lines(plan(WINDOWS))) == [
        "2026-12-01T08:00+00:00 to 2026-12-01T10:00+00:00: 2 nodes for 2 hours",
        "2026-12-01T09:00+00:00 to 2026-12-01T11:30+00:00: 1 node for 2.5 hours",
        "together 5.5 node hours, where windows overlap counted once",
    ]


def test_programs_are_told_the_same() -> None:
    found = summary(plan(WINDOWS[:1], price=0.25))
    assert found == {
        "cluster": "gcp",
        "hub": "hub",
        "windows": [
            {
                "nodes": 2,
                "from": "2026-12-01T08:00:00+00:00",
                "until": "2026-12-01T10:00:00+00:00",
                "hours": 2.0,
                "node_hours": 4.0,
            }
        ],
        "node_hours": 4.0,
        "price": 0.25,
        "cost": 1.0,
    }
    jsonschema.validate(found, json.loads((SCHEMAS / "event-plan.schema.json").read_text()))


@pytest.mark.parametrize("windows", [None, []])
def test_a_hub_without_windows_has_no_plan(windows: list[dict[str, Any]] | None) -> None:
    with pytest.raises(DeployerError, match="hub `hub` keeps no nodes warm"):
        plan(windows)


def test_a_day_that_is_none_is_told() -> None:
    with pytest.raises(DeployerError, match="hub `hub` has a window at no such time"):
        plan([{**WINDOWS[0], "from": "2026-11-31T08:00Z"}])
