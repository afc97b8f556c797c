"""Numbers that were meant as text, sections that say nothing, words that were to be replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fleet.rules.fleets import told, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.10", "1.1"),
        ("1.0", None),
        ("1.9", None),
        ("0123", "83"),
        ("0o17", "15"),
        ("0x1f", "31"),
        ("1_000", "1000"),
        ("12e4", "120000"),
        ("+1", "1"),
        ("9007199254740993", "9007199254740993"),
        ("3", None),
        ('"1.10"', None),
        ("1.10.0", None),
        ("on", None),
    ],
)
def test_a_version_that_is_another_number_than_is_written_is_told(
    tmp_path: Path, text: str, number: str | None
) -> None:
    message = f'1: `a.tag` is read as the number {number}: put it in quotes: `"{text}"`'
    assert told(write(tmp_path, values=f"a: {{tag: {text}}}"), "misread-version") == [message] * bool(number)


@pytest.mark.parametrize(
    ("key", "is_version"),
    [
        *(
            (key, True)
            for key in ("tag", "imageTag", "image_tag", "image-tag", "version", "VERSION", "a.version")
        ),
        *((key, True) for key in ("kubernetes_version", "pythonVersion")),
        *((key, False) for key in ("stage", "vantage", "conversion", "tags", "price", "Tagged")),
    ],
)
def test_keys_of_versions_are_known_by_their_last_word(tmp_path: Path, key: str, is_version: bool) -> None:
    assert bool(told(write(tmp_path, values=f"a: {{{key}: 1.10}}"), "misread-version")) == is_version


def test_a_version_in_a_list_or_of_no_key_is_none(tmp_path: Path) -> None:
    assert told(write(tmp_path, values="a: {tag: [1.10], version: {b: 1.10}}"), "misread-version") == []


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ("a:\n  b:\n", ["2"]),
        ("a:\n  b: # nothing yet\n", ["2"]),
        ("a:\n  b: null\n", []),
        ("a:\n  b: ~\n", []),
        ("a: [null, ]\n", []),
        ("a:\n  -\n", []),
        ("a:\n", []),
        ("a: &a {b: }\nc: *a\n", ["1"]),
    ],
)
def test_only_what_has_no_value_at_all_is_empty(tmp_path: Path, values: str, found: list[str]) -> None:
    problems = told(write(tmp_path, values=values), "empty-section")
    assert [problem.partition(":")[0] for problem in problems] == found


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *(
            (text, True)
            for text in ("TODO", "TODO ask Ada", "todo", "FIXME later", "CHANGEME", "change-me", "xxx")
        ),
        *(
            (text, True)
            for text in ("<your-project>", "<the project>", "'{{ cluster }}'", "TBD", "replace_me_in")
        ),
        *(
            (text, False)
            for text in ("TODOS", "Todo group", "XXXL", "<none>", "a <b> c", "'{{ a | b }}'", "xx")
        ),
        *((text, True) for text in ("your-project", "Change this!", "'TODO: ask Ada'")),
        *((text, False) for text in ("x" * 64, "TODO.md", "TODO-list")),
        *((text, False) for text in ("see TODO", "To do", "mastodon", "'TODO\n\n  and more'")),
    ],
)
def test_words_that_were_to_be_replaced(tmp_path: Path, text: str, is_one: bool) -> None:
    assert bool(told(write(tmp_path, cluster=f"metadata:\n  a: {text}\n"), "unfilled")) == is_one
