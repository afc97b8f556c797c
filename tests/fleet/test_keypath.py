"""Key paths as text: what is shown can be typed."""

from __future__ import annotations

import pytest

from deployer.errors import DeployerError
from deployer.fleet.keypath import parse, shown


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", ()),
        ("jupyterhub", ("jupyterhub",)),
        ("jupyterhub.hub.db", ("jupyterhub", "hub", "db")),
        (".jupyterhub.hub", ("jupyterhub", "hub")),
        ('extraFiles."a.b".mode', ("extraFiles", "a.b", "mode")),
        ("extraFiles.'a.b'", ("extraFiles", "a.b")),
        (r"extraFiles.a\.b.mode", ("extraFiles", "a.b", "mode")),
        ("ingress.hosts[0]", ("ingress", "hosts", 0)),
        ("list[0][12].name", ("list", 0, 12, "name")),
        ('"eks.amazonaws.com/role-arn"', ("eks.amazonaws.com/role-arn",)),
        ("002-scratch.user group", ("002-scratch", "user group")),
        ('a.""', ("a", "")),
    ],
)
def test_a_path_is_read(text: str, at: tuple[str | int, ...]) -> None:
    assert parse(text) == at


@pytest.mark.parametrize(
    "text", ["a..b", "a.", 'a."b', "a[x]", "a[0", "a.[0]", "[0]b", 'a"b"', "a b]", "a\\"]
)
def test_what_is_no_path_is_refused_with_examples(text: str) -> None:
    with pytest.raises(DeployerError, match="no key path: ") as caught:
        parse(text)
    assert caught.value.hint is not None


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ((), ""),
        (("a", "b-c", "002_d"), "a.b-c.002_d"),
        (("a", 0, 1, "b"), "a[0][1].b"),
        (("a", "b.c", "d"), 'a."b.c".d'),
        (("a", 'say "b.c"'), "a.'say \"b.c\"'"),
        (("", "it's"), '""."it\'s"'),
    ],
)
def test_a_path_is_shown_as_it_can_be_typed(at: tuple[str | int, ...], text: str) -> None:
    assert shown(at) == text
    assert parse(text) == at
