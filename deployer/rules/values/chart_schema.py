"""What the schemas of a chart and of its packages forbid in a hub's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.fleet.violations import validator, violations
from deployer.render.paths import look_up
from deployer.rules.subjects import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.documents import Document
    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import ReleaseValues


@rule()
def chart_schema(release: ReleaseValues) -> Iterator[Finding]:
    """Hold a hub's values against the schemas of its chart and of the packages in it.

    Helm would refuse the release, or the chart would take the value for something else. What is encrypted is
    unknown, and nothing is said about it. Its keys are seen, so that one which is missing is told.
    """
    yield from _broken_blocks(release)
    for at, checker in release.chart.checkers:
        for violation in violations(checker, look_up(release.values, at)):
            where = (*at, *violation.at)
            if violation.kind == "missing key":
                if release.complete:
                    yield Finding(*_map_at(release, where), violation.about(where))
                continue
            layer, found_at = release.merged.origin_path(where)
            if not is_unknown(layer, where):
                yield release.finding_in(layer, found_at, violation.about(where))


RULES = (chart_schema,)


def _map_at(release: ReleaseValues, at: KeyPath) -> tuple[Document, KeyPath]:
    """Return where the strongest file has the map at a path, else the hub: who adds a key does it there."""
    for layer in reversed(release.merged.layers):
        document = None if layer.feature or layer.kind == "chart" else layer.document
        if document is not None and isinstance(document.value(at), Mapping):
            return document, at
    return release.owner.document, release.owner.at


def _broken_blocks(release: ReleaseValues) -> Iterator[Finding]:
    """Return where the values of a package are not a map.

    Even when a stronger layer has a map again, what weaker layers and the program itself say would be lost.
    """
    merged = release.merged
    for package in release.chart.packages:
        at = (package.name,)
        whole = isinstance(merged.values.get(package.name, {}), Mapping)
        for layer in merged.layers[1:] if whole else merged.layers:
            block = layer.values.get(package.name, {})
            if not isinstance(block, Mapping):
                for violation in violations(validator({"type": "object"}), block):
                    yield release.finding_in(layer, at, violation.about(at))
