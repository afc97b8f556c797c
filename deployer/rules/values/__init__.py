"""Rules about a hub's merged values, before anything is rendered: a module for each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.rules.values import chart_schema

if TYPE_CHECKING:
    from deployer.fleet.rule import Rule
    from deployer.rules.subjects import HubValues

RULES: tuple[Rule[HubValues], ...] = (*chart_schema.RULES,)
