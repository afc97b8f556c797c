"""What a schema forbids, said in a few words that never hold a value."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.fleet.violations import Violation, shown, validator, violations

SECRET = "hunter2"

CASES: list[tuple[dict[str, Any] | bool, Any, list[str]]] = [
    ({"type": "string"}, 3, ["`a` must be text, not a number: put it in quotes"]),
    ({"type": "string"}, True, ["`a` must be text, not `true`: put it in quotes"]),
    ({"type": "string"}, None, ["`a` must be text, not nothing"]),
    ({"type": ["string", "null"]}, [], ["`a` must be text or nothing, not a list"]),
    ({"type": "boolean"}, "yes", ["`a` must be `true` or `false`, not text"]),
    ({"type": "integer"}, 1.5, ["`a` must be a whole number, not a fraction"]),
    ({"type": "array"}, SECRET, ["`a` must be a list, not text: put `- ` before it, on a line of its own"]),
    ({"type": "array", "items": {"type": "object"}}, SECRET, ["`a` must be a list, not text"]),
    ({"type": "array"}, {}, ["`a` must be a list, not a map"]),
    ({"enum": ["one", "two", True]}, SECRET, ["`a` must be `one`, `two` or `true`"]),
    ({"enum": ["staging", "prod"]}, "stagin", ["`a` must be `staging` or `prod`, did you mean `staging`?"]),
    ({"enum": ["staging"]}, "stagin", ["`a` must be `staging`"]),
    ({"const": 1}, 2, ["`a` must be `1`"]),
    ({"pattern": "^x$"}, SECRET, ["`a` must be text that matches `^x$`"]),
    ({"pattern": "^x$", "patternErrorMessage": "the letter x"}, SECRET, ["`a` must be the letter x"]),
    ({"pattern": "^x$"}, "x\n", ["`a` must be text that matches `^x$`"]),
    ({"pattern": "^x\\$"}, "x$", []),
    ({"minimum": 2}, 1, ["`a` must be at least 2"]),
    ({"maximum": 2}, 3, ["`a` must be at most 2"]),
    ({"minLength": 1}, "", ["`a` must not be empty"]),
    ({"maxLength": 3}, SECRET, ["`a` must have at most 3 characters"]),
    ({"minItems": 1}, [], ["`a` must have at least 1 item"]),
    ({"minItems": 2}, [], ["`a` must have at least 2 items"]),
    ({"const": False, "errorMessage": "has no default"}, True, ["`a` has no default"]),
    ({"maxItems": 1}, [1, 2], ["`a` must have at most 1 item"]),
    ({"uniqueItems": True}, [SECRET, SECRET], ["`a` must not hold the same item twice"]),
    ({"not": {}}, SECRET, ["`a` is not allowed here"]),
    ({"not": {}, "errorMessage": "belongs elsewhere"}, SECRET, ["`a` belongs elsewhere"]),
    (False, SECRET, ["is not allowed here"]),
    ({"required": ["b", "c"]}, {}, ["missing key `b` in `a`", "missing key `c` in `a`"]),
    ({"items": {"type": "string"}}, ["x", 1], ["`a[1]` must be text, not a number: put it in quotes"]),
    (
        {"properties": {"limit": {}, "guarantee": {}}, "additionalProperties": False},
        {"limits": SECRET, "zzz": SECRET},
        [
            "unknown key `a.limits`, did you mean `limit`?",
            "unknown key `a.zzz`; known here: limit, guarantee",
        ],
    ),
    (
        {"properties": {f"k{n:02}x{n}": {} for n in range(20)}, "additionalProperties": False},
        {"zzz": SECRET},
        ["unknown key `a.zzz`"],
    ),
    ({"patternProperties": {"^x-": {}}, "additionalProperties": False}, {"x-a": 1}, []),
    (
        {"propertyNames": {"pattern": "^[a-z]$", "patternErrorMessage": "a letter"}},
        {"b": 1, "C": 2, "d1": 3},
        ["`a.C` must be a letter", "`a.d1` must be a letter"],
    ),
    (
        {"properties": {"propertyNames": {"pattern": "^x$"}}},
        {"propertyNames": "y"},
        ["`a.propertyNames` must be text that matches `^x$`"],
    ),
    (
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        [],
        ["`a` must be text or a whole number, not a list"],
    ),
    (
        {"anyOf": [{"type": "string"}, {"type": "object", "required": ["b"]}]},
        {},
        ["missing key `b` in `a`"],
    ),
    (
        {"anyOf": [{"type": "array"}, {"type": "object", "properties": {"b": {"enum": ["x"]}}}]},
        {"b": SECRET},
        ["`a.b` must be `x`"],
    ),
    (
        {"oneOf": [{"required": ["b"]}, {"required": ["c"]}, {"required": ["d"]}]},
        {},
        ["missing key `b`, `c` or `d` in `a`"],
    ),
    ({"anyOf": [{"required": ["b"]}, {"required": ["c", "d"]}]}, {}, ["missing key `b` in `a`"]),
    ({"oneOf": [{"minimum": 1}, {"maximum": 9}]}, 5, ["`a` fits more than one of the allowed forms"]),
    ({"if": {"minLength": 1}, "then": {"maxLength": 2}}, SECRET, ["`a` must have at most 2 characters"]),
]


@pytest.mark.parametrize(("schema", "value", "messages"), CASES)
def test_every_kind_of_violation_says_what_to_write(
    schema: dict[str, Any] | bool, value: Any, messages: list[str]
) -> None:
    found = list(violations(validator({"properties": {"a": schema}}), {"a": value}))
    said = [violation.about(violation.at) for violation in found]
    assert said == messages
    assert SECRET not in "".join(said)


def test_a_violation_is_told_once_and_carries_its_place_and_value() -> None:
    schema = {"properties": {"a": {"allOf": [{"type": "string"}, {"type": "string"}]}}}
    message = "must be text, not a number: put it in quotes"
    assert list(violations(validator(schema), {"a": 7})) == [Violation(at=("a",), message=message, value=7)]


def test_without_a_path_there_is_only_the_message() -> None:
    (violation,) = violations(validator({"required": ["a"]}), {})
    assert violation.about(violation.at) == "missing key `a`"


def test_a_path_is_shown_as_in_values() -> None:
    assert shown(("hubs", 2, "health", "timeout")) == "hubs[2].health.timeout"
