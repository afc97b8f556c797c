"""What a schema says about a path, however it is put together."""

from __future__ import annotations

import pytest

from deployer.render.schema_parts import SchemaParts

SCHEMA = SchemaParts(
    {
        "additionalProperties": False,
        "properties": {
            "image": {"$ref": "#/definitions/image", "description": "The hub's image."},
            "env": {"additionalProperties": {"type": "string"}},
            "files": {
                "additionalProperties": False,
                "patternProperties": {"^[a-z]+$": {"properties": {"mode": {"type": "integer"}}}},
            },
            "list": {"items": {"additionalProperties": False, "properties": {"name": {"type": "string"}}}},
            "either": {"anyOf": [{"type": "null"}, {"additionalProperties": False, "properties": {"a": {}}}]},
            "when": {"if": {}, "then": {"properties": {"b": {"type": "null"}}}},
            "both": {"allOf": [{"$ref": "#/definitions/image"}]},
            "round": {"$ref": "#/definitions/round"},
            "lost": {"$ref": "#/definitions/nowhere"},
            "elsewhere": {"$ref": "https://example.org/schema"},
            "free": {"type": "object"},
        },
        "definitions": {
            "image": {
                "description": "An image.",
                "additionalProperties": False,
                "properties": {"tag": {"type": "string"}},
            },
            "round": {"allOf": [{"$ref": "#/definitions/round"}]},
        },
    }
)


@pytest.mark.parametrize(
    ("at", "parts"),
    [
        (("image", "tag"), [{"type": "string"}]),
        (("env", "ANY"), [{"type": "string"}]),
        (("files", "abc", "mode"), [{"type": "integer"}]),
        (("list", 3, "name"), [{"type": "string"}]),
        (("either", "a"), [{}]),
        (("when", "b"), [{"type": "null"}]),
        (("both", "tag"), [{"type": "string"}]),
        (("free", "a"), []),
        (("lost", "a"), []),
        (("elsewhere", "a"), []),
        (("nothing",), []),
    ],
)
def test_a_path_leads_to_its_part(at: tuple[str | int, ...], parts: list[object]) -> None:
    assert list(SCHEMA.at(at)) == parts


def test_what_stands_beside_a_reference_counts_more() -> None:
    (part,) = SCHEMA.at(("image",))
    assert part["description"] == "The hub's image."
    assert "tag" in part["properties"]


def test_a_schema_that_leads_back_to_itself_ends() -> None:
    assert SCHEMA.at(("round", "a")) == ()


@pytest.mark.parametrize(
    ("at", "unknown"),
    [
        (("image", "tag"), None),
        (("image", "tga"), ("image", "tga")),
        (("imgae", "tag"), ("imgae",)),
        (("files", "abc"), None),
        (("files", "ABC", "mode"), ("files", "ABC")),
        (("list", 0, "nmae"), ("list", 0, "nmae")),
        (("both", "tga"), ("both", "tga")),
        (("free", "anything", "below"), None),
        (("either", "b"), None),
    ],
)
def test_a_key_is_unknown_when_the_schema_forbids_it_for_certain(
    at: tuple[str | int, ...], unknown: tuple[str | int, ...] | None
) -> None:
    assert SCHEMA.unknown(at) == unknown


def test_the_keys_below_a_path() -> None:
    assert SCHEMA.keys(("image",)) == ("tag",)
    assert SCHEMA.keys(("either",)) == ("a",)
    assert SCHEMA.keys(("free",)) == ()
