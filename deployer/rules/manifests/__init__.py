"""Rules about the Kubernetes objects that Helm renders for a hub: a module for each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployer.fleet.rule import Rule
    from deployer.rules.subjects import HubObjects

RULES: tuple[Rule[HubObjects], ...] = ()
