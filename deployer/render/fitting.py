"""Values as far as they are of the kind that a chart's schema wants: what values are computed from.

What is of another kind is told by `validate`, at its line; nothing is to stumble over it before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.paths import look_up
from deployer.render.placeholders import below

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


def fitting(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a value without what in its maps and lists is of another type than the schema wants there.

    Null stays in maps: there it says that something is not to be.
    """
    return _fitting(value, schema, schema)


def _fitting(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        parts = {key: _resolved(below(schema, key), root) for key in value}
        return {
            key: _fitting(each, parts[key], root)
            for key, each in value.items()
            if each is None or _fits(each, parts[key])
        }
    if isinstance(value, list):
        items = _resolved(below(schema, 0), root)
        return [_fitting(each, items, root) for each in value if _fits(each, items)]
    return value


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a part of a schema refers to, when that is a part of the same schema."""
    place = schema.get("$ref")
    if not isinstance(place, str):
        return schema
    return look_up(root, place.removeprefix("#/").split("/")) or {}


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    wanted = schema.get("type", ())
    kinds = [wanted] if isinstance(wanted, str) else wanted
    return not kinds or any(_is_a(value, kind) for kind in kinds)


def _is_a(value: Any, kind: str) -> bool:
    # In Python a truth value is a number, too.
    return isinstance(value, _KINDS.get(kind, ())) and (kind == "boolean" or not isinstance(value, bool))
