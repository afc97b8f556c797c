"""From old names to new ones, by tables, rules and regular expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from deployer.operations.users.translation import translation

if TYPE_CHECKING:
    from pathlib import Path


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "names.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("rules", "name", "new"),
    [
        (["lower"], "Ada", "ada"),
        (["strip-domain"], "ada@campus.example", "ada"),
        (["strip-domain"], "a@b@campus.example", "a@b"),
        (["strip-domain"], "ada", "ada"),
        (["strip-domain"], "@campus.example", "@campus.example"),
        (["strip-domain", "lower"], "Ada@campus.example", "ada"),
    ],
)
def test_rules(rules: list[str], name: str, new: str) -> None:
    assert translation(rules=rules).of(name) == new


@pytest.mark.parametrize(
    ("pattern", "replacement", "name", "new"),
    [
        (r"^(.*)$", r"\1@uni.example", "ada", "ada@uni.example"),
        (r"^(\w+)\.(\w+)@.*$", r"\2-\1", "ada.lovelace@x", "lovelace-ada"),
        (r"[^a-z]+", "-", "ada_l.x", "ada-l-x"),
        (r"nothing", "x", "ada", "ada"),
    ],
)
def test_regular_expressions(pattern: str, replacement: str, name: str, new: str) -> None:
    assert translation(replacements=[(pattern, replacement)]).of(name) == new


def test_a_regular_expression_that_would_take_for_ever_elsewhere_takes_no_time() -> None:
    assert translation(replacements=[(r"^(a+)+$", "b")]).of("a" * 5000 + "!") == "a" * 5000 + "!"


def test_first_the_table_then_rules_then_expressions(tmp_path: Path) -> None:
    table = csv(tmp_path, "old,new\nada,Ada@X.example\n")
    how = translation(table=table, rules=["strip-domain", "lower"], replacements=[("^", "u-")])
    assert (how.of("ada"), how.of("bob")) == ("u-ada", None)


def test_a_table_may_have_other_columns_spaces_and_a_mark_of_its_encoding(tmp_path: Path) -> None:
    table = csv(tmp_path, "\ufeffname,new,old\nAda L., ada@x ,ada\n\n,,\n")
    assert translation(table=table).table == {"ada": "ada@x"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "1: the header has no column `old`", "there is none"),
        ("old;new\na;b\n", "1: the header has no column `old`", "did you mean `old;new`?"),
        ("old,nwe\na,b\n", "1: the header has no column `new`", "did you mean `nwe`?"),
        ("old,new\na\n,b\n", "2: `new` is empty|3: `old` is empty", "correct the table"),
        ("old,new\na,b\na,c\na,b\n", "3: `a` is there twice, as `b` and as `c`", "correct the table"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_at_once(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    path = csv(tmp_path, text)
    with pytest.raises(DeployerError) as caught:
        translation(table=path)
    assert caught.value.message == "\n".join(f"{path}:{line}" for line in message.split("|"))
    assert caught.value.hint == hint


def test_a_table_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(b"old,new\n\xff,b\n")
    with pytest.raises(DeployerError, match="the table cannot be read"):
        translation(table=path)


def test_capitals_do_not_count_from_github_to_email(tmp_path: Path) -> None:
    table = csv(tmp_path, "github,email\nAdaL,Ada.Lovelace@Uni.example\nzoe,zoe@uni.example\n")
    how = translation(rules=["github-to-email"], table=table)
    assert (how.of("adal"), how.of("ADAL"), how.of("bob")) == (
        "ada.lovelace@uni.example",
        "ada.lovelace@uni.example",
        None,
    )
    assert how.unknown(["adal", "bob"]) == ("zoe",)


def test_two_addresses_of_one_github_account_are_told(tmp_path: Path) -> None:
    path = csv(tmp_path, "github,email\nAda,a@x\nada,b@x\n")
    with pytest.raises(DeployerError) as caught:
        translation(rules=["github-to-email"], table=path)
    assert caught.value.message == f"{path}: `ada` is there twice, as `a@x` and as `b@x`"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "nothing says what users are to be called"),
        ({"rules": ["github-to-email"]}, "the rule `github-to-email` needs a table"),
        ({"replacements": [("(", "x")]}, "not a regular expression with its replacement: `(`, `x`"),
        ({"replacements": [("(?=a)", "x")]}, "not a regular expression with its replacement: `(?=a)`, `x`"),
        ({"replacements": [("a", r"\1")]}, "not a regular expression with its replacement: `a`, `\\1`"),
    ],
)
def test_what_cannot_be_used_is_told(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DeployerError) as caught:
        translation(**given)
    assert caught.value.message == message
