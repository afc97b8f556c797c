"""Comments that move with settings, and what only looks like a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.operations.explain.remarks import idle_remarks, remarks_of, with_remarks

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath

TEXT = """\
# About the file.

script: |
  #!/bin/sh
  # not a comment
# Just above.
a: "x # y"  # beside a
url: http://example.org/#here
list:  # beside the list
# in the list
- one  # first
- two
map:
  # above inner
  inner:
    # above leaf
    leaf: 1
    other: {b: 2}  # beside b
# Above nothing.
"""


def test_a_setting_has_what_stands_above_beside_and_in_it() -> None:
    settings = [("a",), ("list",), ("url",), ("script",)]
    assert remarks_of(TEXT, settings, settings) == {
        ("a",): ["# Just above.", "# beside a"],
        ("list",): ["# beside the list", "# in the list", "# first"],
    }


def test_what_lies_within_a_map_that_goes_is_of_the_setting_behind_it() -> None:
    settings = [("map", "inner", "leaf"), ("map", "inner", "other", "b")]
    assert remarks_of(TEXT, settings, [("map",)]) == {
        ("map", "inner", "leaf"): ["# above inner", "# above leaf"],
        ("map", "inner", "other", "b"): ["# beside b"],
    }


def test_a_comment_above_a_map_stays_there() -> None:
    assert remarks_of("# all of it\nmap:\n  a: 1\n", [("map", "a")], [("map",)]) == {}


def test_an_empty_line_ends_what_stands_above() -> None:
    assert remarks_of("# far\n\n# near\na: 1\n", [("a",)], [("a",)]) == {("a",): ["# near"]}


IDLE = """\
# Of the file.
a: 1
# Of b.

# Of c,
# and no other.
c: 1

# Of d and e.
d: 1
e: 1
map:
  # Of f and g, which go.
  f: 1
  g: |
    text
list: [1]
# Of h, and i, and j.
h: 1
i: 1
j: 1
# Of k.
k: 1"""


def test_comments_that_only_settings_that_go_can_have_are_idle() -> None:
    gone: list[KeyPath] = [("a",), ("c",), ("d",), ("map", "f"), ("map", "g"), ("h",), ("i",), ("k",)]
    found = idle_remarks(IDLE, gone, gone)
    lines = [IDLE.splitlines()[mark.line - 1].strip() for mark in found]
    assert lines == ["# Of c,", "# and no other.", "# Of f and g, which go.", "# Of k."]
    assert [mark.column for mark in found] == [1, 1, 3, 1]
    assert idle_remarks(IDLE, gone, [("map",)]) == []
    assert idle_remarks(IDLE, [("nothing",)], [("nothing",)]) == []


def test_comments_are_put_above_their_keys() -> None:
    moved: dict[KeyPath, list[str]] = {("map", "inner"): ["# one", "# two"], ("a",): ["# three"]}
    assert with_remarks("a: 1\nmap:\n  inner: 2\n", moved) == (
        "# three\na: 1\nmap:\n  # one\n  # two\n  inner: 2\n"
    )
