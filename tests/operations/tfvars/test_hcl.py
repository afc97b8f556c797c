"""What is read of a .tfvars file, and what is refused at which line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from deployer.operations.tfvars.hcl import parse, read

if TYPE_CHECKING:
    from pathlib import Path


def plain(text: str) -> Any:
    return parse(text, "a.tfvars").plain()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("2.5", 2.5),
        ("12 * 60 * 60", 43200),
        ("(1 + 2) * -3", -9),
        ("7 / 2", 3.5),
        ("6 / 2", 3),
        ("7 % 4", 3),
        ("true", True),
        ("null", None),
        ('"a \\"b\\" \\\\ \\n \\u00e9"', 'a "b" \\ \n é'),
        ('"$${x} 100% %%{y}"', "${x} 100% %{y}"),
        ("[]", []),
        ("[1, [2], # two\n 3,]", [1, [2], 3]),
        ('{ a = 1, "b c" : 2\n d-e = {} /* no */ }', {"a": 1, "b c": 2, "d-e": {}}),
        ("{ if = 1, true = 2, 3 = 4 }", {"if": 1, "true": 2, "3": 4}),
        ('{ ("k") = 1 }', {"k": 1}),
        ("<<E\n  a $${x}\n b\nE", "  a ${x}\n b\n"),
        ("<<-E\n    a\n\n      b\n  E", "a\n\n  b\n"),
    ],
)
def test_literals_mean_what_they_mean_to_terraform(text: str, value: Any) -> None:
    assert plain(f"x = {text}\n") == {"x": value}
    assert plain(f"x = {text}\n".replace("\n", "\r\n")) == {"x": value}


def test_every_value_knows_its_line() -> None:
    found = parse('# first\na = 1\n\nb = {\n  c = [\n    1\n  ]\n  "d" : {}\n}\n', "a.tfvars").data
    lines = {key: each.line for key, each in found["b"].data.items()}
    assert (found["a"].line, found["b"].line, lines) == (2, 4, {"c": 5, "d": 8})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nb = file(1)", "2: this calls a function; only literals can be read"),
        ("\n\na = var.x", "3: this refers to something else; only literals can be read"),
        ("a = foo", "1: this refers to something else; only literals can be read"),
        ("a = x[0]", "1: this refers to something else; only literals can be read"),
        ("a = {\n  (b) = 1\n}", "2: this refers to something else; only literals can be read"),
        ("a = [\n for x in [1] : x]", "1: this is a `for` expression; only literals can be read"),
        ("a = true ? 1 : 2", "1: this is a conditional expression; only literals can be read"),
        ("a = !true", "1: this is an expression; only literals and arithmetic can be read"),
        ("a = 1 < 2", "1: this is an expression; only literals and arithmetic can be read"),
        ('a = 1 + "2"', "1: this is an expression; only literals and arithmetic can be read"),
        ("a = 1 / 0", "1: this cannot be calculated"),
        ("a = " + "9" * 5000, "1: this number is too long"),
        ("a = 1e400", "1: this number is too large"),
        ('a = "x-${var.y}"', "1: this text has a template in it; only literals can be read"),
        ('a = "%{if true}x%{endif}"', "1: this text has a template in it; only literals can be read"),
        ("a = <<E\none\n${x}\nE\n", "3: this text has a template in it; only literals can be read"),
        ('a = "\\q"', "1: no such escape in a text: `\\q`"),
        ('a = "\\ud800"', "1: no such escape in a text: `\\ud800`"),
        ("a = 1\n\na = 2", "3: `a` is set twice, first in line 1"),
        ("a = {\n b = 1\n b = 2\n}", "3: `b` is said twice in one map"),
        ("a = { [1] = 2 }", "1: the key of a map must be text"),
        ('\nresource "x" "y" {\n}\n', "2: a block; a .tfvars file sets variables only"),
        ("a = " + "[" * 3000 + "]" * 3000, "1: nested too deeply"),
        ("a = 1\nb = {\n", "2: not HCL: the file ends too early"),
        ("a = 1\nb = = 2", "2: not HCL: `= 2` is not expected here"),
        ("a = 1\n$$", "2: not HCL: `$$` is not expected here"),
        ("a = <<E\nforever\n", "1: not HCL: `<<E` is not expected here"),
    ],
)
def test_what_is_no_literal_is_refused_at_its_line(text: str, message: str) -> None:
    with pytest.raises(DeployerError) as caught:
        parse(text, "a.tfvars")
    assert caught.value.message == f"a.tfvars:{message}"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'a = 1\nb = "\xff"\n', ":2: not UTF-8"),
        (b"#" * (2**20 + 1), ": larger than 1 MiB"),
        (None, ": no such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, raw: bytes | None, message: str) -> None:
    path = tmp_path / "a.tfvars"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(DeployerError) as caught:
        read(path, "a.tfvars")
    assert caught.value.message == f"a.tfvars{message}"
