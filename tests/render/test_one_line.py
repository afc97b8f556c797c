"""Values in one line: never longer than one, and never another value."""

from __future__ import annotations

import pytest
import yaml

from deployer.render.one_line import one_line
from deployer.render.provenance import Unknown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (0.5, "0.5"),
        ("", '""'),
        ("1G", "1G"),
        ("true", '"true"'),
        ("1.10", '"1.10"'),
        ("null", '"null"'),
        ("a: b", '"a: b"'),
        ("# no", '"# no"'),
        (" x", '" x"'),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("one\n", '"one\\n"'),
        ("one\ntwo\n", "text of 2 lines"),
        ({}, "{}"),
        ({"a": 1, "b.c": "x, y"}, '{a: 1, b.c: "x, y"}'),
        ({"a": {}}, "map of 1 key"),
        ({"a": "x" * 20, "b": "x" * 20}, "map of 2 keys"),
        ([], "[]"),
        (["a", 1, None], "[a, 1, null]"),
        (["a, b", "c]"], '["a, b", "c]"]'),
        ([["a"]], "list of 1 item"),
        (["x" * 40, "y" * 40], "list of 2 items"),
        (Unknown.ENCRYPTED, "unknown (encrypted)"),
    ],
)
def test_a_value_is_short(value: object, text: str) -> None:
    assert one_line(value) == text


@pytest.mark.parametrize(
    "text",
    ["a", "1", "yes", "~", "-", "- a", "a:", "a #b", "[a]", "{a}", '"', "'", "&a", "*a", "!a", "%", "é"],
)
def test_a_text_that_is_shown_is_read_as_the_same_text(text: str) -> None:
    assert yaml.safe_load(f"key: {one_line(text)}") == {"key": text}
