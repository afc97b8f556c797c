"""The fast verdict on a value: the same as the slow one that tells errors, whatever the schema is."""

from __future__ import annotations

import sys
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deployer.fleet.checker import Checker

NAMES = st.sampled_from(["a", "b", "image", "tag"])
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, 1.0, -0.0, 1e300]),
    st.text(max_size=4),
    st.sampled_from(["", "1G", "a", "aa", "\u00e9", "\U0001f600"]),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=2), inner),
    max_leaves=12,
)
TYPES = st.sampled_from(["array", "boolean", "integer", "null", "number", "object", "string"])
PATTERNS = st.sampled_from(["^[0-9]+[GM]$", "a", "^(a|b)*$", "[^a]", "^$", "a{2}"])
SMALL = st.integers(0, 3)


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    maps = st.dictionaries(NAMES, inner, max_size=3)
    several = st.lists(inner, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "const": VALUES,
            "pattern": PATTERNS,
            "format": st.sampled_from(["ipv4", "date-time", "uri"]),
            "minLength": SMALL,
            "maxLength": SMALL,
            "minimum": st.integers(-3, 3) | st.floats(-3, 3),
            "maximum": st.integers(-3, 3) | st.floats(-3, 3),
            "exclusiveMinimum": st.integers(-3, 3),
            "minItems": SMALL,
            "maxItems": SMALL,
            "uniqueItems": st.booleans(),
            "items": inner,
            "contains": inner,
            "required": st.lists(NAMES, unique=True, max_size=2),
            "minProperties": SMALL,
            "properties": maps,
            "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
            "additionalProperties": inner,
            "propertyNames": inner,
            "dependencies": st.dictionaries(NAMES, st.lists(NAMES, unique=True, max_size=2), max_size=2),
            "allOf": several,
            "anyOf": several,
            "oneOf": several,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
        },
    )


SCHEMAS = st.recursive(st.booleans() | _schemas(st.booleans()), _schemas, max_leaves=6).filter(
    lambda schema: isinstance(schema, dict)
)


@settings(deadline=None)
@given(schema=SCHEMAS, value=VALUES)
@example(schema={"enum": [1]}, value=True)
@example(schema={"type": "integer"}, value=1.0)
@example(schema={"uniqueItems": True}, value=[0, False])
@example(schema={"const": {"a": [0]}}, value={"a": [False]})
def test_the_fast_verdict_is_the_slow_one(schema: dict[str, Any], value: Any) -> None:
    slow = jsonschema.Draft7Validator(schema).iter_errors(value)
    found = Checker(schema=schema).iter_errors(value)
    assert [(error.validator, *error.absolute_path) for error in found] == [
        (error.validator, *error.absolute_path) for error in slow
    ]


@pytest.mark.parametrize(
    ("named", "draft"),
    [
        (None, "Draft7Validator"),
        ("http://json-schema.org/draft-03/schema#", "Draft3Validator"),
        ("http://json-schema.org/draft-04/schema#", "Draft4Validator"),
        ("http://json-schema.org/draft-06/schema#", "Draft6Validator"),
        ("http://json-schema.org/draft-07/schema", "Draft7Validator"),
        ("https://json-schema.org/draft/2019-09/schema", "Draft201909Validator"),
        ("https://json-schema.org/draft/2020-12/schema", "Draft202012Validator"),
        ("https://example.org/schema", "Draft7Validator"),
    ],
)
@pytest.mark.parametrize("value", [1, 3, 4, [1, "a"], ["a"], {"a": 1}, {"b": 1}])
def test_the_draft_is_the_one_that_the_schema_names(named: str | None, draft: str, value: Any) -> None:
    """What each keyword here means differs from draft to draft, or it is not known to all of them."""
    schema: dict[str, Any] = {
        "exclusiveMaximum": True if draft in {"Draft3Validator", "Draft4Validator"} else 4,
        "maximum": 4,
        "items": [{"type": "string"}],
        "prefixItems": [{"type": "integer"}, {"type": "integer"}],
        "dependentRequired": {"a": ["b"]},
        "propertyNames": {"enum": ["a"]},
        "if": {"const": 1},
        "then": False,
    }
    if draft in {"Draft201909Validator", "Draft202012Validator"}:
        del schema["items"]
    if named:
        schema["$schema"] = named
    slow = getattr(jsonschema, draft)(schema).iter_errors(value)
    assert [error.message for error in Checker(schema=schema).iter_errors(value)] == [
        error.message for error in slow
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": "^(?P<x>a)(?P=x)$"},
        {"properties": {"a": {"type": "nope"}}, "pattern": "^aa$"},
    ],
)
def test_what_only_the_slow_one_understands_is_left_to_it(schema: dict[str, Any]) -> None:
    checker = Checker(schema=schema)
    assert (len(list(checker.iter_errors("ab"))), len(list(checker.iter_errors("aa")))) == (1, 0)


@pytest.mark.parametrize("value", [{1: "a"}, "\ud800", {"a": object()}])
def test_a_value_that_is_no_json_is_left_to_the_slow_one(value: Any) -> None:
    checker = Checker(schema={"type": ["object", "string"]})
    assert list(checker.iter_errors(value)) == []
    assert list(Checker(schema={"type": "null"}).iter_errors(value)) != []


def test_nothing_is_fetched_for_a_schema_that_refers_to_another() -> None:
    """The socket of a unit test refuses; a value that does not get as far as the reference is judged."""
    checker = Checker(
        schema={"properties": {"a": {"$ref": "https://example.org/other.json"}}, "type": "object"}
    )
    assert [error.validator for error in checker.iter_errors([])] == ["type"]


def test_a_slow_optional_module_is_left_alone_and_still_there_for_others() -> None:
    list(Checker(schema={"type": "null"}).iter_errors(1))
    assert sys.modules.get("rfc3987_syntax", "absent") is not None
