"""What hubs ask for in short forms, put together from presets and their own entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.fleet import features as module
from deployer.fleet.features import Speaker, features
from tests.render.fleets import document

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMAS: dict[str, Any] = {
    "one": {
        "properties": {
            "size": {"default": 1},
            "list": {"items": {"properties": {"ok": {"default": True}}}},
            "more": {"properties": {"depth": {"default": 2}}},
        }
    },
    "two": {"properties": {"size": {"type": "integer"}}},
    "auth": {"properties": {"admins": {"default": []}}},
    "kinds": {
        "if": {"properties": {"kind": {"const": "b"}}},
        "then": {"properties": {"of_a": {"not": {}}}},
    },
}


@pytest.fixture(autouse=True)
def schemas(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "schema_of", lambda name: SCHEMAS.get(name, {}))
    module._checker.cache_clear()
    yield
    # Else whatever comes after in this process takes sign-in of no type for right.
    module._checker.cache_clear()


def settings(*texts: str) -> dict[str, Any]:
    """Return the settings of each feature that documents ask for, the weakest first."""
    found = features([Speaker(document=document(text)) for text in texts])
    return {each.name: each.settings for each in found}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["{}"], {}),
        (["features: {one: true}"], {"one": {"size": 1}}),
        (["features: {one: {}}"], {"one": {"size": 1}}),
        (["features: {one: {size: 5}}", "features: {one: true}"], {"one": {"size": 5}}),
        (
            ["features: {one: {size: 5}}", "features: {one: {more: {}}}"],
            {"one": {"size": 5, "more": {"depth": 2}}},
        ),
        (["features: {one: {size: 5}}", "features: {one: false}"], {}),
        (
            ["features: {one: {size: 5}}", "features: {one: false}", "features: {one: true}"],
            {"one": {"size": 1}},
        ),
        (["features: {one: {size: null}}"], {"one": {"size": 1}}),
        (
            ["features: {one: {list: [{}, {ok: false}]}}"],
            {"one": {"size": 1, "list": [{"ok": True}, {"ok": False}]}},
        ),
        (
            ["features: {one: {more: {depth: 3, a: 1}}}", "features: {one: {more: {a: 2}}}"],
            {"one": {"size": 1, "more": {"depth": 3, "a": 2}}},
        ),
        (["features: {one: wrong, two: 5}"], {}),
        (["features: wrong"], {}),
        (["features: {two: {size: wrong}, one: true}"], {"one": {"size": 1}}),
        (["features: {two: {size: 1}}", "features: {two: {size: wrong}}"], {}),
        (
            ["features: {kinds: {kind: a, of_a: 1}}", "features: {kinds: {kind: b}}"],
            {"kinds": {"kind": "b", "of_a": 1}},
        ),
        (["auth: {type: a, x: 1}", "auth: {admins: [b]}"], {"auth": {"type": "a", "x": 1, "admins": ["b"]}}),
        (["auth: {type: a, x: 1}", "auth: {type: b}"], {"auth": {"type": "b", "admins": []}}),
        (
            ["auth: {type: a, x: 1}", "auth: {type: a, y: 2}"],
            {"auth": {"type": "a", "x": 1, "y": 2, "admins": []}},
        ),
    ],
)
def test_the_strongest_word_counts_and_the_schema_gives_the_rest(
    texts: list[str], expected: dict[str, Any]
) -> None:
    assert settings(*texts) == expected


def test_sign_in_comes_first_and_the_last_who_says_something_is_named() -> None:
    first, second = (
        document("features: {two: true, one: true}", "a"),
        document("hub: {features: {one: {}}, auth: {}}", "b"),
    )
    found = features([Speaker(document=first), Speaker(document=second, at=("hub",))])
    assert [(each.name, each.document.name, each.at) for each in found] == [
        ("auth", "b", ("hub", "auth")),
        ("one", "b", ("hub", "features", "one")),
        ("two", "a", ("features", "two")),
    ]


def test_what_is_said_is_left_as_it_is() -> None:
    text = "features: {one: {more: {depth: 3}}}"
    below, over = document(text), document("features: {one: {more: {depth: 4}}}")
    features([Speaker(document=below), Speaker(document=over)])
    assert below.data == yaml.safe_load(text)
