"""Where things are in a YAML file, looked up in its nodes when a message needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import yaml

from deployer.fleet.nodes import LINE_BREAK, PLAIN
from deployer.fleet.scalars import resolve

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

KeyPath = tuple[str | int, ...]
"""The way to a value in a document: keys of maps and, counted from 0, items of lists."""

Entry = tuple[yaml.Mark, "Node"]
Maps = dict["Node", dict[object, Entry]]
"""The entries by key of each map that was looked into."""
T_co = TypeVar("T_co", covariant=True)


class Mark(NamedTuple):
    """A position in a file; line and column count from 1."""

    line: int
    column: int


def mark_of(mark: yaml.Mark) -> Mark:
    """Return PyYAML's position, which counts from 0, as ours."""
    return Mark(mark.line + 1, mark.column + 1)


def key_of(node: Node) -> str | float | None:
    """Return the key that a node stands for: text as Helm's YAML makes it, or what it will not take."""
    if not isinstance(node, yaml.ScalarNode):
        return None
    if node.tag != PLAIN:
        return str(node.value)
    return _plain_key(node.value)


# A fleet has the same few hundred keys in all of its files.
@lru_cache(maxsize=4096)
def _plain_key(text: str) -> str | float | None:
    value = resolve(text)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def is_merge(node: Node) -> bool:
    """Say whether a key is the merge key `<<`."""
    return node.tag == PLAIN and node.value == "<<"


def merged_maps(node: Node) -> list[MappingNode]:
    """Return the maps that a merge key brings in, strongest first."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [each for each in nodes if isinstance(each, yaml.MappingNode)]


@dataclass(frozen=True, eq=False)
class Marks(Mapping[KeyPath, Mark]):
    """The start of each key and list item under a node."""

    root: Node
    _maps: Maps = field(default_factory=dict, repr=False)

    def __getitem__(self, at: KeyPath) -> Mark:
        return mark_of(_find(self.root, at, self._maps)[0])

    def __iter__(self) -> Iterator[KeyPath]:
        return _paths(self.root, ())

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, eq=False)
class Texts(Mapping[KeyPath, str]):
    """The scalars under a node, as they are written."""

    root: Node
    _maps: Maps = field(default_factory=dict, repr=False)

    def __getitem__(self, at: KeyPath) -> str:
        node = _find(self.root, at, self._maps)[1]
        if not isinstance(node, yaml.ScalarNode):
            raise KeyError(at)
        return str(node.value)

    def __iter__(self) -> Iterator[KeyPath]:
        return (at for at in _paths(self.root, ()) if at in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, eq=False)
class Blocks(Mapping[KeyPath, Mark]):
    """Where the text of each literal block (`|`) under a node starts: each line of it is one of the file.

    `source` is the text of the file; the column is that of all lines of it that are not empty.
    """

    root: Node
    source: str = field(repr=False)
    _maps: Maps = field(default_factory=dict, repr=False)

    def __getitem__(self, at: KeyPath) -> Mark:
        node = _find(self.root, at, self._maps)[1]
        if not isinstance(node, yaml.ScalarNode) or node.style != "|":
            raise KeyError(at)
        return Mark(node.start_mark.line + 2, self._column(node))

    def _column(self, node: yaml.ScalarNode) -> int:
        for index, line in enumerate(node.value.split("\n"), start=node.start_mark.line + 1):
            if line.strip(" "):
                written = LINE_BREAK.split(self.source, index + 1)[index]
                return _indentation(written) - _indentation(line) + 1
        return 1

    def __iter__(self) -> Iterator[KeyPath]:
        return (at for at in _paths(self.root, ()) if at in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, eq=False)
class Inside(Mapping[KeyPath, T_co]):
    """What another mapping has below `prefix`."""

    outer: Mapping[KeyPath, T_co]
    prefix: KeyPath

    def __getitem__(self, at: KeyPath) -> T_co:
        return self.outer[self.prefix + at]

    def __iter__(self) -> Iterator[KeyPath]:
        length = len(self.prefix)
        return (at[length:] for at in self.outer if at[:length] == self.prefix)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _find(node: Node, at: KeyPath, maps: Maps) -> Entry:
    start = node.start_mark
    for part in at:
        found = _step(node, part, maps)
        if found is None:
            raise KeyError(at)
        start, node = found
    return start, node


def _step(node: Node, part: str | int, maps: Maps) -> Entry | None:
    if isinstance(node, yaml.SequenceNode):
        if isinstance(part, int) and 0 <= part < len(node.value):
            return node.value[part].start_mark, node.value[part]
        return None
    if isinstance(node, yaml.MappingNode):
        return _entry(node, part, maps, set())
    return None


def _entry(node: MappingNode, part: str | int, maps: Maps, seen: set[Node]) -> Entry | None:
    # Each map is looked at once: merge keys may lead to the same one in very many ways.
    seen.add(node)
    if node not in maps:
        # Of two equal keys the last one counts.
        maps[node] = {key_of(key): (key.start_mark, value) for key, value in node.value if not is_merge(key)}
    if part in maps[node]:
        return maps[node][part]
    merged = (each for key, value in node.value if is_merge(key) for each in merged_maps(value))
    for each in merged:
        found = None if each in seen else _entry(each, part, maps, seen)
        if found:
            return found
    return None


def _paths(node: Node, at: KeyPath) -> Iterator[KeyPath]:
    yield at
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _paths(item, (*at, index))
    elif isinstance(node, yaml.MappingNode):
        for key, value in _entries(node).items():
            yield from _paths(value, (*at, key))


def _entries(node: MappingNode) -> dict[str, Node]:
    entries: dict[str, Node] = {}
    for key, value in node.value:
        if is_merge(key):
            for each in reversed(merged_maps(value)):
                entries = {**_entries(each), **entries}
    for key, value in node.value:
        name = key_of(key)
        if isinstance(name, str) and not is_merge(key):
            entries[name] = value
    return entries
