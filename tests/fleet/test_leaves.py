"""The scalars of a document, by their paths."""

from __future__ import annotations

from typing import Any

from deployer.fleet.leaves import leaves


def test_scalars_that_are_wanted_come_with_their_path() -> None:
    data = {"a": 1, "b": [{"c": 2}, 3], "d": {"e": {"f": "text"}}, "g": [], "h": {}}
    assert dict(leaves(data, lambda value: isinstance(value, int))) == {
        ("a",): 1,
        ("b", 1): 3,
        ("b", 0, "c"): 2,
    }


def test_what_aliases_repeat_is_looked_at_once() -> None:
    shared: Any = {"a": 1}
    for _ in range(60):
        shared = {"one": shared, "two": shared}
    assert len(list(leaves(shared, lambda _: True))) == 1
