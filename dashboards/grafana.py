"""Dashboards as Grafana reads them: JSON of the classic schema, which every Grafana since 10 understands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.model import Dashboard, Panel, Query, Row, Variable

SCHEMA = 41
"""The version of the schema that Grafana 12 writes; newer ones take it over when they read it."""
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDE, _HEIGHT = 24, 8


def as_json(dashboard: Dashboard) -> str:
    """Return a dashboard as the text of its file."""
    return json.dumps(_dashboard(dashboard), indent=1) + "\n"


def _dashboard(dashboard: Dashboard) -> dict[str, Any]:
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": ["hubs"],
        "schemaVersion": SCHEMA,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": dashboard.since, "to": "now"},
        "links": [_others()],
        "annotations": {"list": [_deploys()]},
        "templating": {"list": [_source(), *map(_variable, dashboard.variables)]},
        "panels": list(_panels(dashboard.rows)),
    }


def _others() -> dict[str, Any]:
    """Return the links to the other dashboards, which keep what was chosen."""
    return {
        "title": "Other dashboards",
        "type": "dashboards",
        "tags": ["hubs"],
        "asDropdown": True,
        "includeVars": True,
        "keepTime": True,
    }


def _deploys() -> dict[str, Any]:
    """Return where deploys are marked: a central Grafana is told of them, and calls a Prometheus by its cluster."""
    return {
        "name": "Deploys",
        "enable": True,
        "iconColor": "blue",
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "target": {
            "type": "tags",
            "tags": ["deploy", "cluster:${datasource:text}"],
            "matchAny": False,
            "limit": 100,
        },
    }


def _source() -> dict[str, Any]:
    """Return the choice of a Prometheus, for a Grafana that knows those of several clusters."""
    return {
        "type": "datasource",
        "name": "datasource",
        "label": "Cluster",
        "query": "prometheus",
        "refresh": 1,
    }


def _variable(variable: Variable) -> dict[str, Any]:
    asked = f"label_values({variable.metric}, {variable.of})"
    return {
        "type": "query",
        "name": variable.name,
        "label": variable.label,
        "datasource": _SOURCE,
        "definition": asked,
        "query": {"query": asked, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def _panels(rows: tuple[Row, ...]) -> Iterator[dict[str, Any]]:
    """Yield headings and panels, from left to right and from above."""
    number, down = 0, 0
    for row in rows:
        number += 1
        yield {
            "id": number,
            "type": "row",
            "title": row.title,
            "collapsed": False,
            "panels": [],
            "gridPos": {"x": 0, "y": down, "w": _WIDE, "h": 1},
        }
        down, across, height = down + 1, 0, 0
        for panel in row.panels:
            if across + panel.width > _WIDE:
                down, across = down + height, 0
            number += 1
            height = _HEIGHT // 2 if panel.kind == "stat" else _HEIGHT
            place = {"x": across, "y": down, "w": panel.width, "h": height}
            yield {"id": number, "gridPos": place, **_panel(panel)}
            across += panel.width
        down += height


def _panel(panel: Panel) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": _SOURCE,
        "targets": [_target(panel, number, query) for number, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _OPTIONS[panel.kind],
    }
    if panel.kind == "table":
        found["transformations"] = _one_table(panel)
        found["fieldConfig"]["overrides"] = [
            {
                "matcher": {"id": "byName", "options": query.legend},
                "properties": [{"id": "unit", "value": query.unit}],
            }
            for query in panel.queries
            if query.unit
        ]
    return found


_OPTIONS: dict[str, dict[str, Any]] = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom"},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "none", "graphMode": "area"},
    "table": {"cellHeight": "sm", "showHeader": True},
}


def _target(panel: Panel, number: int, query: Query) -> dict[str, Any]:
    once = panel.kind == "table"
    return {
        "refId": chr(ord("A") + number),
        "datasource": _SOURCE,
        "expr": query.expr,
        "legendFormat": query.legend,
        "instant": once,
        "range": not once,
        "format": "table" if once else "time_series",
    }


def _defaults(panel: Panel) -> dict[str, Any]:
    found: dict[str, Any] = {"unit": panel.unit}
    if panel.kind == "timeseries":
        found |= {"min": 0, "custom": _drawn(panel)}
    if panel.top is not None:
        found["max"] = panel.top
    if panel.limit is not None:
        steps = [{"color": "green", "value": None}, {"color": "red", "value": panel.limit}]
        found["thresholds"] = {"mode": "absolute", "steps": steps}
    return found


def _drawn(panel: Panel) -> dict[str, Any]:
    return {
        "lineWidth": 1,
        "fillOpacity": 20 if panel.stacked else 0,
        "showPoints": "always" if panel.points else "never",
        "stacking": {"mode": "normal" if panel.stacked else "none"},
        "thresholdsStyle": {"mode": "off" if panel.limit is None else "dashed"},
    }


def _one_table(panel: Panel) -> list[dict[str, Any]]:
    """Return how the answers become one table: joined by a label, times left out, columns named."""
    columns = {f"Value #{chr(ord('A') + number)}": each.legend for number, each in enumerate(panel.queries)}
    times = {f"Time {number + 1}": True for number in range(len(panel.queries))} | {"Time": True}
    return [
        {"id": "joinByField", "options": {"byField": panel.by, "mode": "outer"}},
        {"id": "organize", "options": {"excludeByName": times, "renameByName": columns}},
    ]
