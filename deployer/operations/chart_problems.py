"""What the charts have against a hub's merged values, and where those values come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.fleet.encrypted import is_encrypted_scalar
from deployer.fleet.problems import Problem
from deployer.fleet.violations import validator, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.charts.assemble import PreparedChart
    from deployer.fleet.positions import KeyPath, Mark
    from deployer.fleet.violations import Violation
    from deployer.operations.render import Rendered
    from deployer.render.merge import Layer

RULE = "chart-schema"


def chart_problems(release: Rendered) -> Iterator[Problem]:
    """Return what the schemas of a chart and of its packages forbid in a hub's values.

    What is encrypted is unknown, and nothing is said about it.
    """
    yield from _broken_blocks(release)
    values = _seen_by_charts(release)
    for at, schema in _schemas(release.chart):
        for violation in violations(validator(schema), _value(values, at)):
            problem = _problem(release, (*at, *violation.at), violation)
            if problem:
                yield problem


def _broken_blocks(release: Rendered) -> Iterator[Problem]:
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
                mark = layer.document.mark(at) if layer.document else None
                problem = _problem_in(release, layer, mark, at, violation)
                if problem:
                    yield problem


def _schemas(chart: PreparedChart) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    own = chart.path / "values.schema.json"
    if own.exists():
        yield (), json.loads(own.read_text(encoding="utf-8"))
    for package in chart.packages:
        if package.schema is not None:
            yield (package.name,), package.schema


def _seen_by_charts(release: Rendered) -> dict[str, Any]:
    """Return the values after Helm has put them over the defaults of the packages."""
    values = dict(release.values_for_helm)
    for package in release.chart.packages:
        own = values.get(package.name) or {}
        if isinstance(own, Mapping):
            values[package.name] = _over(package.defaults, own)
    return values


def _over(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(defaults)
    for key, value in values.items():
        below = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping):
            merged[key] = _over(below if isinstance(below, Mapping) else {}, value)
        else:
            merged[key] = value
    return merged


def _value(values: Mapping[str, Any], at: KeyPath) -> Any:
    for key in at:
        values = values[str(key)]
    return values


def _problem(release: Rendered, at: KeyPath, violation: Violation) -> Problem | None:
    layer, mark = release.merged.origin(at)
    return _problem_in(release, layer, mark, at, violation)


def _problem_in(
    release: Rendered, layer: Layer, mark: Mark | None, at: KeyPath, violation: Violation
) -> Problem | None:
    if _is_encrypted(layer, at):
        return None
    message = violation.about(at)
    if layer.document is None or mark is None:
        hub = release.hub
        return hub.document.problem(hub.at, f"{message} ({layer.name})", RULE)
    return Problem(path=layer.document.name, line=mark.line, column=mark.column, message=message, rule=RULE)


def _is_encrypted(layer: Layer, at: KeyPath) -> bool:
    document = layer.document
    return document is not None and is_encrypted_scalar(document.value(at))
