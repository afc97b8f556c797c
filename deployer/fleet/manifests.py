"""Kubernetes objects in rendered manifests, as Helm reads them before it sends them to a cluster."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import yaml
from yaml._yaml import CParser

from deployer.errors import DeployerError
from deployer.fleet.nodes import LIST, MAP, PLAIN, TEXT
from deployer.fleet.positions import is_merge, key_of, merged_maps
from deployer.fleet.scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yaml.nodes import MappingNode, Node, ScalarNode

_DEEPEST = 200


class _Composer(CParser):
    """Composes nodes of what Helm has read before: however much it is, it is not too much."""

    depth = 0

    def descend_resolver(self, _parent: Any, _index: Any) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            # The C code has no limit of its own.
            raise yaml.YAMLError(f"nested deeper than {_DEEPEST} levels")

    def ascend_resolver(self) -> None:
        self.depth -= 1

    def resolve(self, kind: type[Node], _value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return PLAIN if implicit[0] else TEXT
        return LIST if kind is yaml.SequenceNode else MAP


def objects(text: str) -> tuple[Mapping[str, Any], ...]:
    """Return the objects in a stream of YAML documents, in their order; those in a `List` one by one.

    Scalars are read by Helm's rules (`deployer.fleet.scalars`): a date stays text, as a cluster gets it.

    Raises:
        DeployerError: the text is not YAML.
    """
    try:
        return tuple(each for node in _documents(text) for each in _unlisted(_value(node, {})))
    except yaml.YAMLError as error:
        # Not the whole error: it quotes the text, which may hold secrets.
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or error.args[0]
        raise DeployerError(f"Helm rendered what is not YAML: {reason}") from error


def _documents(text: str) -> Iterator[Node]:
    composer = _Composer(text)
    while composer.check_node():
        yield cast("Node", composer.get_node())


def _unlisted(value: Any) -> Iterator[Mapping[str, Any]]:
    """Return an object, or those in it: to Helm a list is what it holds."""
    if not isinstance(value, dict):
        return
    items = value.get("items")
    if value.get("kind") == "List" and isinstance(items, list):
        for item in items:
            yield from _unlisted(item)
    else:
        yield value


def _value(node: Node, built: dict[Node, Any]) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if node not in built:
        # What contains itself ends here; Helm has refused it before.
        built[node] = None
        built[node] = _map(node, built) if isinstance(node, yaml.MappingNode) else _list(node, built)
    return built[node]


def _scalar(node: ScalarNode) -> str | int | float | bool | None:
    value = resolve(node.value) if node.tag == PLAIN else node.value
    # JSON, in which objects travel, has no other numbers.
    return str(node.value) if isinstance(value, float) and not math.isfinite(value) else value


def _list(node: Node, built: dict[Node, Any]) -> list[Any]:
    return [_value(item, built) for item in node.value]


def _map(node: MappingNode, built: dict[Node, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        if is_merge(key):
            continue
        name = key.value if key.tag != PLAIN else key_of(key)
        found[name if isinstance(name, str) else str(key.value)] = _value(value, built)
    for key, value in node.value:
        if is_merge(key):
            for each in merged_maps(value):
                found = {**_value(each, built), **found}
    return found
