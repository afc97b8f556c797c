"""From YAML nodes to data: maps, lists and scalars as Helm reads them, and what it could not take."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from deployer.fleet.nodes import LIST, MAP, MOST_VALUES, PLAIN, TEXT, TOO_MANY
from deployer.fleet.positions import is_merge, key_of, mark_of, merged_maps
from deployer.fleet.problems import Problem
from deployer.fleet.scalars import is_integer, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yaml.nodes import MappingNode, Node, ScalarNode

_NUMBERS_AND_WORDS = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null")}


class _TooMuch(Exception):
    """Merge keys copy more than the file may stand for."""


@dataclass
class Construction:
    """Builds the data of one file and collects the problems on the way.

    An anchored part is built once and shared by its aliases; `Sizes` counts it as often as it appears, so
    that a file of a few lines cannot stand for more values than anybody can hold. What merge keys bring in is
    copied, and counts as it comes.
    """

    name: str
    problems: list[Problem] = field(default_factory=list)
    _built: dict[Node, Any] = field(default_factory=dict)
    _open: set[Node] = field(default_factory=set)
    _values: int = 0
    _shared: bool = False
    _copied: int = 0

    def data(self, node: Node) -> Any:
        """Return the value of the root node."""
        try:
            value = self._value(node)
            size = Sizes().of(node) if self._shared else self._values
        except _TooMuch:
            size = MOST_VALUES + 1
        if size > MOST_VALUES:
            self._problem(node, TOO_MANY, "yaml")
            return {}
        return value

    def _value(self, node: Node) -> Any:
        self._values += 1
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if node in self._built:
            self._shared = True
            return self._built[node]
        if node in self._open:
            self._problem(node, "this contains itself by an alias", "yaml")
            return None
        self._open.add(node)
        value = self._map(node) if isinstance(node, yaml.MappingNode) else self._list(node)
        self._open.remove(node)
        self._built[node] = value
        return value

    def _list(self, node: Node) -> list[Any]:
        self._expect(node, LIST)
        return [self._value(item) for item in node.value]

    def _map(self, node: MappingNode) -> dict[str, Any]:
        self._expect(node, MAP)
        data: dict[str, Any] = {}
        merges = []
        twice = []
        for key_node, value_node in node.value:
            if is_merge(key_node):
                merges.append((key_node, value_node))
                continue
            key, value = self._key(key_node), self._value(value_node)
            if key is None:
                continue
            if key in data:
                twice.append((key_node, key))
            data[key] = value
        if twice:
            self._duplicates(node, twice)
        for key_node, value_node in merges:
            self._merge(data, key_node, value_node)
        return data

    def _merge(self, data: dict[str, Any], key_node: Node, value_node: Node) -> None:
        """Give a map what a merge key brings in and it does not have; return how many values that may be."""
        maps = merged_maps(value_node)
        if not maps or any(each in self._open for each in maps):
            self._problem(key_node, "`<<` takes a map, or a list of maps, that is written above", "yaml")
            return
        for each in maps:
            merged = self._value(each)
            self._copied += len(merged) + 1
            if self._copied > MOST_VALUES:
                raise _TooMuch
            for key, value in merged.items():
                data.setdefault(key, value)

    def _key(self, node: Node) -> str | None:
        """Return a key, None when it is none: what is below it can have no place either."""
        key = key_of(node)
        if isinstance(key, str):
            return key
        what = "a map or a list" if not isinstance(node, yaml.ScalarNode) else f"`{node.value}`"
        self._problem(node, f"a key must be text, not {what}: put it in quotes", "yaml")
        return None

    def _duplicates(self, node: MappingNode, twice: Iterable[tuple[Node, str]]) -> None:
        first: dict[object, int] = {}
        for key_node, _ in node.value:
            first.setdefault(key_of(key_node), mark_of(key_node.start_mark).line)
        for key_node, key in twice:
            message = f"`{key}` is written twice in one map, first in line {first[key]}"
            self._problem(key_node, message, "duplicate-key")

    def _scalar(self, node: ScalarNode) -> str | int | float | bool | None:
        if node.tag == TEXT:
            return str(node.value)
        if node.tag == PLAIN or node.tag in _NUMBERS_AND_WORDS:
            value = resolve(node.value)
            if isinstance(value, float) and not math.isfinite(value):
                self._problem(node, f"`{node.value}` is no number that Helm can take: quote it", "yaml")
            if isinstance(value, str) and is_integer(node.value):
                self._problem(node, "too large for a number: quote it if it is text", "yaml")
            return value
        self._expect(node, PLAIN)
        return str(node.value)

    def _expect(self, node: Node, tag: str) -> None:
        if node.tag != tag:
            shown = node.tag.replace("tag:yaml.org,2002:", "!!")
            self._problem(node, f"the tag `{shown}` has no meaning here: write the value plainly", "yaml")

    def _problem(self, node: Node, message: str, rule: str) -> None:
        mark = mark_of(node.start_mark)
        self.problems.append(
            Problem(path=self.name, line=mark.line, column=mark.column, message=message, rule=rule)
        )


@dataclass
class Sizes:
    """Counts the values that nodes stand for, shared ones as often as they appear."""

    _known: dict[Node, int] = field(default_factory=dict)
    _open: set[Node] = field(default_factory=set)

    def of(self, node: Node) -> int:
        """Return how many values a node stands for, itself included; a circle ends where it closes."""
        if isinstance(node, yaml.ScalarNode) or node in self._open:
            return 1
        if node not in self._known:
            self._open.add(node)
            self._known[node] = 1 + sum(self.of(each) for each in _below(node))
            self._open.remove(node)
        return self._known[node]


def _below(node: Node) -> list[Node]:
    if not isinstance(node, yaml.MappingNode):
        return list(node.value)
    below: list[Node] = []
    for key, value in node.value:
        below += merged_maps(value) or () if is_merge(key) else (value,)
    return below
