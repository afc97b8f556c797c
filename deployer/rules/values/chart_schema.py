"""What the schemas of a chart and of its packages forbid in a hub's values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.fleet.violations import validator, violations
from deployer.rules.subjects import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.charts.assemble import PreparedChart
    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues


@rule()
def chart_schema(release: HubValues) -> Iterator[Finding]:
    """Hold a hub's values against the schemas of its chart and of the packages in it.

    Helm would refuse the release, or the chart would take the value for something else. What is encrypted is
    unknown, and nothing is said about it.
    """
    yield from _broken_blocks(release)
    for at, schema in _schemas(release.chart):
        for violation in violations(validator(schema), _value(release.values, at)):
            where = (*at, *violation.at)
            layer, found_at = release.merged.origin_path(where)
            if not is_unknown(layer, where):
                yield release.finding_in(layer, found_at, violation.about(where))


RULES = (chart_schema,)


def _broken_blocks(release: HubValues) -> Iterator[Finding]:
    """Return where the values of a package are not a map.

    Even when a stronger layer has a map again, what weaker layers and the program itself say would be lost.
    """
    merged = release.merged
    checker = validator({"type": "object"})
    for package in release.chart.packages:
        at = (package.name,)
        whole = isinstance(merged.values.get(package.name, {}), Mapping)
        for layer in merged.layers[1:] if whole else merged.layers:
            for violation in violations(checker, layer.values.get(package.name, {})):
                yield release.finding_in(layer, at, violation.about(at))


def _schemas(chart: PreparedChart) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    own = chart.path / "values.schema.json"
    if own.exists():
        yield (), json.loads(own.read_text(encoding="utf-8"))
    for package in chart.packages:
        if package.schema is not None:
            yield (package.name,), package.schema


def _value(values: Mapping[str, Any], at: KeyPath) -> Any:
    for key in at:
        values = values[str(key)]
    return values
