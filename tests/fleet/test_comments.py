"""Comments that speak to the program, and texts that only look like them."""

from __future__ import annotations

import pytest

from deployer.fleet.comments import Comment, comments
from deployer.fleet.nodes import compose


def found(text: str) -> list[Comment]:
    return list(comments(text, compose(text, "file")))


def comment(line: int, column: int, about: int, *rules: str, reason: str = "why", last: int = 0) -> Comment:
    return Comment(
        line=line, column=column, first=about, last=last or about, rules=tuple(rules), reason=reason
    )


@pytest.mark.parametrize(
    ("text", "rules", "reason"),
    [
        ("ignore=domains one is off", ("domains",), "one is off"),
        ("ignore=domains,staging both are off", ("domains", "staging"), "both are off"),
        ("ignore=domains: one is off", ("domains:",), "one is off"),
        ("ignore=domains -- one is off", ("domains",), "one is off"),
        ("ignore = domains one is off", ("domains",), "one is off"),
        ("ignore=domains", ("domains",), ""),
        ("ignore=domains -", ("domains",), ""),
        ("ignore", (), ""),
        ("ignore domains", (), ""),
        ("ignore=", (), ""),
        ("ignore=domains, staging both are off", (), "staging both are off"),
        ("ignores=domains one is off", (), ""),
        ("Ignore=domains one is off", (), ""),
    ],
)
def test_an_ignore_names_rules_and_a_reason(text: str, rules: tuple[str, ...], reason: str) -> None:
    assert found(f"a: 1 # deployer: {text}\n") == [comment(1, 6, 1, *rules, reason=reason)]


@pytest.mark.parametrize(
    "text",
    [
        "# deployer: reads this file",
        "# deployer: replicas=2 are enough",
        "# deployer ignore=domains without the colon",
        "# my-deployer: ignore=domains of another program",
        "# see https://docs.example.org/#deployer: ignore=domains",
    ],
)
def test_other_comments_are_nobodys_business(text: str) -> None:
    assert found(f"a: 1 {text}\n") == []


def test_a_comment_beside_a_line_is_about_it_and_one_of_its_own_about_the_next() -> None:
    text = """\
# deployer: ignore=first why
# another comment

a: 1
b: 2 # deployer: ignore=second why
c:
  # deployer: ignore=third why
  - d
# deployer: ignore=fourth why
"""
    assert found(text) == [
        comment(1, 1, 4, "first"),
        comment(5, 6, 5, "second"),
        comment(7, 3, 8, "third"),
        comment(9, 1, 9, "fourth"),
    ]


def test_one_where_a_block_of_text_starts_is_about_the_whole_block() -> None:
    text = """\
a: | # deployer: ignore=first why
  import os

  os.exit()

# deployer: ignore=second why
b:
  - >-
    folded
  # deployer: ignore=third why
  - |
    to the end"""
    assert found(text) == [
        comment(1, 6, 1, "first", last=5),
        comment(6, 1, 7, "second"),
        comment(10, 3, 11, "third", last=12),
    ]


def test_what_stands_in_a_text_is_no_comment() -> None:
    text = """\
a: "x # deployer: ignore=no why"
b: 'x
  # deployer: ignore=no why
  y'
c: |
  # deployer: ignore=no why
d: >
  x # deployer: ignore=no why
  # deployer: ignore=no why
# deployer: ignore=yes why
e: 1
"""
    assert found(text) == [comment(10, 1, 11, "yes")]


def test_aliases_are_looked_at_once() -> None:
    text = "a0: &a0 [x, 'y # deployer: ignore=no why']\n"
    text += "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert found(f"{text}# deployer: ignore=yes why\nb: 1\n") == [comment(61, 1, 62, "yes")]


def test_lines_count_as_in_problems_whatever_ends_them() -> None:
    assert found("a: 1\r\nb: 2 # deployer: ignore=yes why\r\n") == [comment(2, 6, 2, "yes")]


def test_an_empty_file_has_none() -> None:
    assert found("# deployer: ignore=domains why\n") == []
