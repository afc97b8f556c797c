"""What the schemas of a hub's chart and of its packages say about a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.charts.descriptions import described_schema
from deployer.charts.sources import ChartUnavailable
from deployer.render.schema_parts import SchemaParts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What is known of a path. `described` is the path that the description is of: this one, or one above.

    `types` are JSON's names, empty when any will do. `default` is what the schema says it is, in a list of
    its own as it may be null.
    """

    known: bool = False
    description: str = ""
    described: KeyPath = ()
    types: tuple[str, ...] = ()
    enum: tuple[Any, ...] = ()
    default: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Schemas:
    """The schemas that are about a path's first key."""

    own: SchemaParts | None
    package: SchemaParts | None
    name: str

    def parts(self, at: KeyPath) -> list[Mapping[str, Any]]:
        """Return all that is said about a path."""
        below = self.package.at(at[1:]) if self.package and at and at[0] == self.name else ()
        own = self.own.at(at) if self.own else ()
        # Of the package as a whole the chart says what it is here for.
        return [*own, *below] if len(at) == 1 else [*below, *own]

    def keys(self, at: KeyPath) -> tuple[str, ...]:
        """Return the keys that are named below a path."""
        return tuple(dict.fromkeys(key for part in self.parts(at) for key in part.get("properties", {})))

    def knowledge(self, at: KeyPath) -> Knowledge:
        """Return what is known of a path."""
        parts = self.parts(at)
        described, description = self._description(at)
        return Knowledge(
            known=bool(parts),
            description=description,
            described=described,
            types=tuple(dict.fromkeys(kind for part in parts for kind in _types(part))),
            enum=next((tuple(allowed) for part in parts if (allowed := _allowed(part))), ()),
            default=next(((part["default"],) for part in parts if "default" in part), ()),
        )

    def _description(self, at: KeyPath) -> tuple[KeyPath, str]:
        for length in range(len(at), 0, -1):
            for part in self.parts(at[:length]):
                if isinstance(text := part.get("description"), str) and text.strip():
                    return at[:length], text.strip()
        return (), ""


def schemas(session: Session, layers: HubLayers, at: KeyPath) -> Schemas:
    """Return the schemas for a path, with their descriptions as far as anybody wrote some."""
    name = str(at[0]) if at else ""
    package: SchemaParts | None = None
    for dependency in layers.chart.dependencies:
        if (dependency.alias or dependency.name) == name:
            try:
                package = SchemaParts(described_schema(session, layers.chart, dependency))
            except ChartUnavailable:
                package = None
    return Schemas(layers.schemas.get(""), package, name)


def _types(part: Mapping[str, Any]) -> Iterator[str]:
    given = part.get("type", ())
    yield from _texts([given] if isinstance(given, str) else given)


def _texts(given: Iterable[Any]) -> Iterator[str]:
    return (each for each in given if isinstance(each, str))


def _allowed(part: Mapping[str, Any]) -> list[Any]:
    if "const" in part:
        return [part["const"]]
    allowed = part.get("enum")
    return allowed if isinstance(allowed, list) else []
