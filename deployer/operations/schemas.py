"""Schemas for editors and for programs: of the files that people write, and of what commands write."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from deployer.charts.assemble import prepare
from deployer.charts.chart import find_chart
from deployer.charts.schema_file import SCHEMA, read_schema
from deployer.charts.sources import ChartUnavailable
from deployer.errors import DeployerError
from deployer.fleet.schema_files import names, text, whole
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.charts.assemble import PreparedChart
    from deployer.charts.chart import Chart
    from deployer.session import Session

_VALUES = "values"
_CHART = "basehub"
_OUTPUT = "What `deployer"
"""How the description of a schema begins that is for what a command writes."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of document that has a schema: a file that people write, else what a command writes."""

    name: str
    title: str
    description: str
    file: bool


def kinds() -> tuple[Kind, ...]:
    """Return every kind of document that has a schema, files first."""
    found = [
        Kind(
            name=name,
            title=schema["title"],
            description=schema["description"],
            file=not schema["description"].startswith(_OUTPUT),
        )
        for name, schema in _own().items()
    ]
    values = Kind(
        name=_VALUES, title="Values of a hub", description="Chart values of a hub: *.values.yaml.", file=True
    )
    return tuple(sorted([*found, values], key=lambda kind: (not kind.file, kind.name)))


def schema(session: Session, root: Path, name: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the schema of a kind of document, and notices about what is not in it.

    That of `values` is made from the chart and those of its packages that are at hand.
    """
    if name == _VALUES:
        return _values(session, find_chart(root, _CHART))
    if name not in _own():
        known = [kind.name for kind in kinds()]
        raise DeployerError(f"no such schema: {name}", hint=did_you_mean(name, known))
    return _own()[name], ()


def text_of(schema: dict[str, Any]) -> str:
    """Return a schema as it is published."""
    return text(schema)


@cache
def _own() -> dict[str, dict[str, Any]]:
    return {name: whole(name) for name in names()}


def _values(session: Session, chart: Chart) -> tuple[dict[str, Any], tuple[str, ...]]:
    prepared, notices = _at_hand(session, chart)
    whole = read_schema(prepared.path / SCHEMA)
    own = whole.setdefault("properties", {})
    for package in prepared.packages:
        if package.schema is not None:
            described = {"description": own.get(package.name, {}).get("description", package.name)}
            own[package.name] = {**described, **_moved(package.schema, f"#/properties/{package.name}")}
    # A file says some values only: what a chart requires, another layer may give.
    return _without_required(whole), notices


def _at_hand(session: Session, chart: Chart) -> tuple[PreparedChart, tuple[str, ...]]:
    try:
        return prepare(session, chart, chart.dependencies, helm=None), ()
    except ChartUnavailable as error:
        here = [each for each in chart.dependencies if each not in error.packages]
        notices = tuple(f"values of {package} are not in it; {error.hint}" for package in error.packages)
        return prepare(session, chart, here, helm=None), notices


def _moved(node: Any, to: str) -> Any:
    """Return a schema whose references still lead to its own parts when it has become part of another."""
    if isinstance(node, list):
        return [_moved(each, to) for each in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _moved(value, to) for key, value in node.items() if key not in ("$schema", "$id")}
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        moved["$ref"] = to + reference.removeprefix("#")
    return moved


def _without_required(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_required(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if key != "required" or not isinstance(value, list)}
    return {key: _without_required(value) for key, value in kept.items()}
