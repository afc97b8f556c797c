"""What a dashboard is: rows of panels, each of which asks Prometheus something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["timeseries", "stat", "table"]


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question in PromQL. `legend` names a line by its labels; in a table it is the name of the column."""

    expr: str
    legend: str = ""
    unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture. `unit` is Grafana's name of a unit, `by` the label by which a table has its lines.

    `limit` draws a line at what must not be exceeded, `top` is the end of the axis.
    """

    title: str
    description: str
    queries: tuple[Query, ...]
    unit: str = "short"
    kind: Kind = "timeseries"
    width: int = 12
    stacked: bool = False
    points: bool = False
    top: float | None = None
    limit: float | None = None
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Panels under a heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, kw_only=True)
class Variable:
    """What a reader chooses above the panels: values of a label of a metric."""

    name: str
    label: str
    metric: str
    of: str


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """A page of Grafana's."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now-6h"


HUB = Variable(
    name="hub", label="Hub", metric='kube_deployment_spec_replicas{deployment="hub"}', of="namespace"
)
"""A hub's name is that of its namespace, in which there is a Deployment `hub`."""


def panel(title: str, description: str, *queries: tuple[str, str], **settings: Any) -> Panel:
    """Return a panel of pairs: what is asked, and how its lines are called."""
    asked = tuple(Query(expr=one_line(expr), legend=legend) for expr, legend in queries)
    return Panel(title=title, description=description, queries=asked, **settings)


def one_line(expr: str) -> str:
    """Return an expression without the line breaks that make it readable here."""
    return " ".join(expr.split())
