"""What of values is of the kind that a schema wants."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.render.fitting import fitting

SCHEMA: dict[str, Any] = {
    "properties": {
        "acme": {"type": "object", "properties": {"staging": {"type": "boolean"}}},
        "pools": {
            "type": "object",
            "additionalProperties": {"type": "object", "properties": {"places": {"type": "integer"}}},
        },
        "hosts": {"type": "array", "items": {"type": "string"}},
        "memory": {"type": ["string", "number"]},
        "critical": {"$ref": "#/definitions/receiver"},
    },
    "definitions": {
        "receiver": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object"}}}
    },
}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"acme": 5}, {}),
        ({"acme": None}, {"acme": None}),
        ({"acme": {"staging": "yes", "email": "a@example.org"}}, {"acme": {"email": "a@example.org"}}),
        ({"acme": {"staging": True}}, {"acme": {"staging": True}}),
        ({"pools": {"a": {"places": True}, "b": 3}}, {"pools": {"a": {}}}),
        ({"hosts": "maths.example.org"}, {}),
        ({"hosts": ["maths.example.org", 5, None]}, {"hosts": ["maths.example.org"]}),
        ({"memory": 2}, {"memory": 2}),
        ({"memory": [2]}, {}),
        ({"critical": []}, {}),
        ({"critical": {"slack_configs": [{}, "#hubs"]}}, {"critical": {"slack_configs": [{}]}}),
        ({"unknown": [1, {"a": None}]}, {"unknown": [1, {"a": None}]}),
    ],
)
def test_what_is_of_another_type_than_the_schema_wants_is_left_out(
    value: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert fitting(value, SCHEMA) == kept
