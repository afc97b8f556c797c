"""Comments that move with settings, and what only looks like a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.operations.explain.remarks import remarks_of, with_remarks

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


def test_comments_are_put_above_their_keys() -> None:
    moved: dict[KeyPath, list[str]] = {("map", "inner"): ["# one", "# two"], ("a",): ["# three"]}
    assert with_remarks("a: 1\nmap:\n  inner: 2\n", moved) == (
        "# three\na: 1\nmap:\n  # one\n  # two\n  inner: 2\n"
    )
