"""What a JSON schema has against a value, in words that say what to write instead.

Messages never repeat a value: it may be a secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from deployer.fleet.checker import Checker, Error
from deployer.fleet.spelling import near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deployer.fleet.positions import KeyPath

_TYPES = {
    "array": "a list",
    "boolean": "`true` or `false`",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "a map",
    "string": "text",
}
_FEW = 8
IN_QUOTES = ": put it in quotes"
"""How the message ends about text that YAML takes for a number or for true or false."""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One thing that a schema forbids: what is wrong at the path `at`, and the value that is there.

    For an unknown key, `at` ends with the key, and `known` are those that there are; for a missing one, it is
    the map that should have it.
    """

    at: KeyPath
    message: str
    value: Any = None
    kind: Literal["value", "unknown key", "missing key"] = "value"
    known: tuple[str, ...] = ()

    def about(self, at: KeyPath) -> str:
        """Return the message with its subject, which is shown as `at`: the path or the last part of it."""
        if not at:
            return self.message
        name = f"`{shown(at)}`"
        match self.kind:
            case "unknown key":
                return f"unknown key {name}{self.message}"
            case "missing key":
                return f"{self.message} in {name}"
            case _:
                return f"{name} {self.message}"


def validator(schema: Mapping[str, Any]) -> Checker:
    """Return what checks values against a schema; make it once, since that takes longer than to use it."""
    return Checker(schema=schema)


def violations(checker: Checker, value: Any) -> Iterator[Violation]:
    """Return everything that the schema forbids, each thing once."""
    seen = set()
    for error in checker.iter_errors(value):
        for violation in _told(error):
            if (violation.at, violation.message) not in seen:
                seen.add((violation.at, violation.message))
                yield violation


def shown(at: KeyPath) -> str:
    """Return a path as messages show it: `jupyterhub.hub.db`, `hubs[2].name`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at)
    return text.removeprefix(".")


def _told(error: Error) -> Iterator[Violation]:
    at: KeyPath = (*error.absolute_path, *_wrong_key(error))
    tell = _TELLERS.get(str(error.validator))
    if tell:
        yield from tell(error, at)
    else:
        yield Violation(at=at, message=_forbidden(error.schema), value=error.instance)


def _forbidden(schema: Any) -> str:
    """Return the schema's own words for what it forbids; `false` is a schema too."""
    said = schema.get("errorMessage") if isinstance(schema, dict) else None
    return said or "is not allowed here"


def _wrong_key(error: Error) -> KeyPath:
    """Return the key, when it is a key of a map that is wrong, and not what the map has there."""
    below: tuple[Any, ...] = tuple(error.absolute_schema_path)
    # A property may have the name of this keyword.
    of_keys = below[-2:-1] == ("propertyNames",) and below[-3:-2] != ("properties",)
    return (error.instance,) if of_keys else ()


def _unknown_keys(error: Error, at: KeyPath) -> Iterator[Violation]:
    schema: Mapping[str, Any] = error.schema
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for key in error.instance:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        close = near(key, known)
        if close:
            advice = f", did you mean `{close}`?"
        elif known and len(known) <= _FEW:
            advice = f"; known here: {', '.join(known)}"
        else:
            advice = ""
        yield Violation(
            at=(*at, key),
            message=advice,
            value=error.instance[key],
            kind="unknown key",
            known=tuple(known),
        )


def _missing_keys(error: Error, at: KeyPath) -> Iterator[Violation]:
    for key in error.validator_value:
        if key not in error.instance:
            message = f"missing key `{key}`"
            yield Violation(at=at, message=message, value=error.instance, kind="missing key")


def _type(error: Error, at: KeyPath) -> Iterator[Violation]:
    wanted = error.validator_value
    kinds = [wanted] if isinstance(wanted, str) else wanted
    names = [_TYPES[name] for name in kinds]
    fraction = "integer" in kinds and isinstance(error.instance, float)
    given = "a fraction" if fraction else _kind(error.instance)
    advice = ""
    if "string" in kinds and isinstance(error.instance, bool | int | float):
        advice = IN_QUOTES
    elif wanted == "array" and not isinstance(error.instance, dict | None) and not _of_maps(error.schema):
        advice = ": put `- ` before it, on a line of its own"
    yield Violation(
        at=at,
        message=f"must be {_either(names)}, not {given}{advice}",
        value=error.instance,
    )


def _of_maps(schema: Mapping[str, Any]) -> bool:
    items = schema.get("items")
    return isinstance(items, dict) and items.get("type") == "object"


def _enum(error: Error, at: KeyPath) -> Iterator[Violation]:
    allowed = error.validator_value
    guess = len(allowed) > 1 and isinstance(error.instance, str)
    close = near(error.instance, map(str, allowed)) if guess else None
    advice = f", did you mean `{close}`?" if close else ""
    names = _either([f"`{_yaml(each)}`" for each in allowed])
    yield Violation(at=at, message=f"must be {names}{advice}", value=error.instance)


def _const(error: Error, at: KeyPath) -> Iterator[Violation]:
    said = error.schema.get("errorMessage", f"must be `{_yaml(error.validator_value)}`")
    yield Violation(at=at, message=said, value=error.instance)


def _pattern(error: Error, at: KeyPath) -> Iterator[Violation]:
    schema: Mapping[str, Any] = error.schema
    wanted = schema.get("patternErrorMessage", f"text that matches `{error.validator_value}`")
    yield Violation(at=at, message=f"must be {wanted}", value=error.instance)


def _alternatives(error: Error, at: KeyPath) -> Iterator[Violation]:
    branches: dict[int, list[Error]] = {}
    for each in error.context:
        branches.setdefault(each.relative_schema_path[0], []).append(each)
    fitting = [branch for branch in branches.values() if not any(map(_is_other_type, branch))]
    lacking = [_lacking(branch) for branch in fitting]
    if len(lacking) > 1 and all(lacking):
        any_of = _either([f"`{key}`" for key in dict.fromkeys(lacking)])
        yield Violation(at=at, message=f"missing key {any_of}", value=error.instance, kind="missing key")
    elif fitting:
        for each in min(fitting, key=len):
            yield from _told(each)
    elif branches:
        wanted = [each.validator_value for each in error.context if _is_other_type(each)]
        names = [_TYPES[name] for each in wanted for name in ([each] if isinstance(each, str) else each)]
        message = f"must be {_either(list(dict.fromkeys(names)))}, not {_kind(error.instance)}"
        yield Violation(at=at, message=message, value=error.instance)
    else:
        yield Violation(at=at, message="fits more than one of the allowed forms", value=error.instance)


def _lacking(branch: list[Error]) -> str | None:
    """Return the key that a branch wants, when that is all that it wants."""
    if [error.validator for error in branch] != ["required"] or branch[0].relative_path:
        return None
    wanted: list[str] = branch[0].validator_value
    return wanted[0] if len(wanted) == 1 else None


def _is_other_type(error: Error) -> bool:
    return error.validator == "type" and not error.relative_path


def _saying(text: str) -> Callable[[Error, KeyPath], Iterator[Violation]]:
    def tell(error: Error, at: KeyPath) -> Iterator[Violation]:
        number = error.validator_value
        message = text.format(number, "" if number == 1 else "s")
        yield Violation(at=at, message=message, value=error.instance)

    return tell


_TELLERS: dict[str, Callable[[Error, KeyPath], Iterator[Violation]]] = {
    "additionalProperties": _unknown_keys,
    "anyOf": _alternatives,
    "const": _const,
    "enum": _enum,
    "maximum": _saying("must be at most {}"),
    "maxItems": _saying("must have at most {} item{}"),
    "maxLength": _saying("must have at most {} character{}"),
    "minimum": _saying("must be at least {}"),
    "minItems": _saying("must have at least {} item{}"),
    "minLength": _saying("must not be empty"),
    "oneOf": _alternatives,
    "pattern": _pattern,
    "required": _missing_keys,
    "type": _type,
    "uniqueItems": _saying("must not hold the same item twice"),
}


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    kinds: dict[type, str] = {int: "a number", float: "a number", str: "text", list: "a list"}
    return kinds.get(type(value), "a map")


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
