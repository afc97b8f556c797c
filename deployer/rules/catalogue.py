"""Every rule there is, in the order in which `validate` comes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet import rules as fleet_rules
from deployer.fleet.rule import described
from deployer.fleet.rules.reading import READING
from deployer.rules import alarm, manifests, values
from deployer.rules.dates import PAST_DATE
from deployer.rules.kubernetes_support import KUBERNETES_SUPPORT

if TYPE_CHECKING:
    from deployer.fleet.rule import Rule

RENDERING: tuple[Rule[Any], ...] = (
    described("chart-package", "Want a hub's chart, and each package of it, to be what its metadata says."),
    described("render", "Want Helm to render a hub's charts with its values."),
)
"""What is found on the way from values to objects."""

ALARMS: tuple[Rule[Any], ...] = (*alarm.RULES, alarm.ALARM_RULE)
"""What is found in the support's values."""

RULES: tuple[Rule[Any], ...] = (
    *READING,
    *fleet_rules.RULES,
    KUBERNETES_SUPPORT,
    *values.RULES,
    *ALARMS,
    PAST_DATE,
    *RENDERING,
    *manifests.RULES,
)
