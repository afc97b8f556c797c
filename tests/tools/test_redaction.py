"""Secrets in the forms in which programs quote them."""

from __future__ import annotations

import base64

import pytest

from deployer.tools.redaction import redact, scalars

SECRET = 'pass"word\\with quotes'


@pytest.mark.parametrize(
    "quoted",
    [
        SECRET,
        '"pass\\"word\\\\with quotes"',
        base64.b64encode(SECRET.encode()).decode(),
        'cannot unmarshal !!str `pass"wo...` into int',
    ],
    ids=["as it is", "as JSON", "base64", "as YAML's decoder shortens it"],
)
def test_a_secret_is_found_in_every_form(quoted: str) -> None:
    said = redact(f"Error: {quoted} is wrong", [SECRET])
    assert "[redacted]" in said
    assert "word" not in said
    assert "pass" not in said


def test_each_line_of_a_key_is_a_secret() -> None:
    key = "-----BEGIN KEY-----\nabcdefgh\n  ijklmnop\n-----END KEY-----\n"
    assert redact("line 3: ijklmnop?", [key]) == "line 3: [redacted]?"
    assert redact(base64.b64encode(key.encode()).decode(), [key]) == "[redacted]"


def test_a_secret_that_contains_another_is_removed_whole() -> None:
    assert redact("token-and-more", ["token", "token-and-more"]) == "[redacted]"


def test_short_texts_stay_so_that_a_message_can_be_read() -> None:
    assert redact("1 of 3 values: yes", ["1", "yes", ""]) == "1 of 3 values: yes"


def test_scalars_are_all_leaves_of_a_file() -> None:
    values = {"a": {"b": ["x", 1, None, True, {"c": 2.5}]}, "d": "x"}
    assert scalars(values) == ("1", "2.5", "x")
    assert scalars(None) == ()
