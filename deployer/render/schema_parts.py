"""What a JSON schema says about one path: what the chart's authors know of a key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.fleet.positions import KeyPath

Part = Mapping[str, Any]

_ALTERNATIVES = ("anyOf", "oneOf", "then", "else")
_DEEPEST = 20
"""References that follow each other; a schema may lead back to itself."""


@dataclass(frozen=True)
class SchemaParts:
    """A schema, looked into by path. References lead to other parts of the same document."""

    root: Part

    def at(self, at: KeyPath) -> tuple[Part, ...]:
        """Return all parts that are about a path; none when the schema says nothing of it."""
        parts = [self.root]
        for key in at:
            parts = [below for part in self._all(parts, _ALTERNATIVES) for below in _below(part, key)]
        return tuple(self._all(parts, _ALTERNATIVES))

    def unknown(self, at: KeyPath) -> KeyPath | None:
        """Return the path of the first key on the way that the schema does not allow."""
        parts = [self.root]
        for depth, key in enumerate(at):
            certain = list(self._all(parts))
            if any(_forbids(part, key) for part in certain):
                return at[: depth + 1]
            parts = [below for part in certain for below in _below(part, key)]
        return None

    def keys(self, at: KeyPath) -> tuple[str, ...]:
        """Return the keys that the schema names below a path."""
        return tuple(dict.fromkeys(key for part in self.at(at) for key in part.get("properties", {})))

    def _all(self, parts: Iterable[Part], also: tuple[str, ...] = (), depth: int = 0) -> Iterator[Part]:
        """Yield parts with all that hold at the same place; `also` are kinds of which only some need to."""
        for part in parts if depth < _DEEPEST else ():
            found = self._referred(part)
            yield found
            for kind in ("allOf", *also):
                given = found.get(kind, ())
                more = [given] if isinstance(given, Mapping) else given
                yield from self._all([each for each in more if isinstance(each, Mapping)], also, depth + 1)

    def _referred(self, part: Part) -> Part:
        """Return a part with what it refers to, if anything. What stands beside the reference counts more."""
        for _ in range(_DEEPEST):
            reference = part.get("$ref")
            if not isinstance(reference, str):
                break
            target = self._target(reference) if reference.startswith("#") else {}
            part = {**target, **{key: value for key, value in part.items() if key != "$ref"}}
        return part

    def _target(self, reference: str) -> Part:
        steps = [step for step in reference.removeprefix("#").split("/") if step]
        found: Any = self.root
        for step in steps:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}


def _below(part: Part, key: str | int) -> Iterator[Part]:
    if isinstance(key, int):
        candidates = [part.get("items")]
    else:
        named = part.get("properties", {}).get(key)
        candidates = [named] if named is not None else [*_patterns(part, key)] or [_additional(part)]
    yield from (each for each in candidates if isinstance(each, Mapping))


def _patterns(part: Part, key: str) -> Iterator[Any]:
    return (below for pattern, below in part.get("patternProperties", {}).items() if re.search(pattern, key))


def _additional(part: Part) -> Any:
    return part.get("additionalProperties")


def _forbids(part: Part, key: str | int) -> bool:
    if isinstance(key, int) or _additional(part) is not False:
        return False
    return key not in part.get("properties", {}) and not any(True for _ in _patterns(part, key))
