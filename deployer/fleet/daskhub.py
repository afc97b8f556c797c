"""`helm_chart: daskhub`: basehub with the preset `dask`, and its values one level down.

That chart has nothing but `basehub` as a dependency, so Helm hands on what is under that key and ignores
the rest of a values file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.problems import Problem

NAME = "daskhub"
CHART = "basehub"
PRESET = "dask"
VALUES_AT = ("basehub",)
RULE = "daskhub"


def problems(document: Document) -> Iterator[Problem]:
    """Return what is wrong with a values file of such a hub, among it each key that reaches no chart."""
    for key, value in document.data.items():
        if key not in VALUES_AT:
            message = f"`{key}` has no effect on a hub of the chart `daskhub`: move it under `basehub`"
            yield document.problem((key,), message, RULE, severity="warning")
        elif not isinstance(value, dict | None):
            yield document.problem((key,), f"`{key}` must be a map: values of the chart `basehub`", RULE)
