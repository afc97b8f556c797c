"""Where values come from: who says what, what counts, and that it is what the charts get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.fleet import documents
from deployer.render.merge import Layer, for_helm, merge
from deployer.render.provenance import (
    Leaf,
    Origin,
    Unknown,
    find,
    leaves,
    leaves_of,
    plain,
    same,
    sayings,
    tree,
)
from deployer.rules.subjects import _over

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.positions import KeyPath


def origins(*layers: Any) -> tuple[Origin, ...]:
    return tuple(Origin(kind="file", name=str(i), values=values) for i, values in enumerate(layers))


def said(at: KeyPath, *layers: Any) -> list[tuple[str, KeyPath, Any, str]]:
    return [(each.origin.name, each.at, each.value, each.effect) for each in sayings(origins(*layers), at)]


def test_every_layer_that_says_something_is_there_weakest_first() -> None:
    assert said(("a", "b"), {"a": {"b": 1}}, {"a": {}}, {"c": 1}, {"a": {"b": 2}}) == [
        ("0", ("a", "b"), 1, "overridden"),
        ("3", ("a", "b"), 2, "counts"),
    ]


def test_a_null_counts_and_what_it_took_away_does_not() -> None:
    assert said(("a",), {"a": 1}, {"a": None}) == [
        ("0", ("a",), 1, "overridden"),
        ("1", ("a",), None, "counts"),
    ]


def test_a_null_above_ends_what_is_below() -> None:
    assert said(("a", "b", "c"), {"a": {"b": {"c": 1}}}, {"a": None}, {"a": {"d": 2}}) == [
        ("0", ("a", "b", "c"), 1, "overridden"),
        ("1", ("a",), None, "counts"),
    ]


def test_a_scalar_in_place_of_a_map_overrides_all_of_it() -> None:
    assert said(("a",), {"a": {"b": 1}}, {"a": "text"}) == [
        ("0", ("a",), {"b": 1}, "overridden"),
        ("1", ("a",), "text", "counts"),
    ]


def test_a_map_in_place_of_a_scalar_does_not_bring_back_the_map_below() -> None:
    assert said(("a",), {"a": {"b": 1}}, {"a": "text"}, {"a": {"c": 2}}) == [
        ("0", ("a",), {"b": 1}, "overridden"),
        ("1", ("a",), "text", "counts in part"),
        ("2", ("a",), {"c": 2}, "counts"),
    ]


def test_a_scalar_that_took_nothing_away_has_no_part_in_a_later_map() -> None:
    assert said(("a",), {"a": "text"}, {"a": {"c": 2}})[0][3] == "overridden"


@pytest.mark.parametrize(
    ("stronger", "effect"),
    [
        ({"a": {"d": 1}}, "counts"),
        ({"a": {"b": 5}}, "counts in part"),
        ({"a": {"b": 5, "c": None}}, "overridden"),
        ({"a": {"b": {"x": 1}, "c": 3}}, "overridden"),
        ({"a": {}}, "counts"),
        ({"b": 1}, "counts"),
    ],
)
def test_a_map_counts_as_far_as_nobody_says_the_same_keys(stronger: Any, effect: str) -> None:
    assert said(("a",), {"a": {"b": 1, "c": 2}}, stronger)[0][3] == effect


def test_an_empty_map_counts_until_something_is_in_it() -> None:
    assert said(("a",), {"a": {}})[0][3] == "counts"
    assert said(("a",), {"a": {}}, {"a": {"b": 1}})[0][3] == "overridden"


def test_lists_replace_and_their_items_have_places() -> None:
    layers = ({"a": [1, 2, 3]}, {"a": [4]})
    assert said(("a", 0), *layers) == [("0", ("a", 0), 1, "overridden"), ("1", ("a", 0), 4, "counts")]
    # The longer list below does not show through.
    assert said(("a", 1), *layers) == [("0", ("a", 1), 2, "overridden"), ("1", ("a",), [4], "counts")]
    assert find(tree(origins(*layers)), ("a", 1)) is None
    item = find(tree(origins(*layers)), ("a", 0))
    assert isinstance(item, Leaf)
    assert (item.value, item.origin.name) == (4, "1")


def test_a_leaf_knows_its_layer_and_what_it_took_the_place_of() -> None:
    leaf = find(tree(origins({"a": {"b": 1}}, {"a": {"b": 2}})), ("a", "b"))
    assert isinstance(leaf, Leaf)
    assert isinstance(leaf.below, Leaf)
    assert [(each.origin.name, each.value) for each in (leaf, leaf.below)] == [("1", 2), ("0", 1)]


def test_an_empty_map_is_a_leaf_until_something_is_in_it() -> None:
    assert [(at, leaf.value) for at, leaf in leaves(tree(origins({"a": {}, "b": {}}, {"b": {"c": 1}})))] == [
        (("a",), {}),
        (("b", "c"), 1),
    ]


def test_an_empty_map_takes_nothing_away() -> None:
    assert plain(tree(origins({"a": {"b": 1}}, {"a": {}}))) == {"a": {"b": 1}}


def test_the_leaves_of_values_are_those_of_their_tree() -> None:
    values = {"a": {"b": [1, {"c": 2}], "d": {}}, "e": None}
    assert list(leaves_of(values)) == [(at, leaf.value) for at, leaf in leaves(tree(origins(values)))]
    assert list(leaves_of({})) == [((), {})]


def test_equal_is_of_one_type() -> None:
    assert same({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]})
    for one, other in [(1, True), (1, 1.0), ("1", 1), ({}, []), ([1], [1, 2]), ({"a": None}, {})]:
        assert not same(one, other)


def test_an_encrypted_value_equals_no_other_value() -> None:
    assert not same(Unknown.ENCRYPTED, Unknown.ENCRYPTED.value)


def test_a_path_has_a_line_in_its_file_wherever_the_file_has_the_values(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("basehub:\n  hub:\n    db: 1\n")
    whole = documents.read(tmp_path / "values.yaml", root=tmp_path)
    inside = whole.inside("basehub")
    file = Origin(kind="file", name="f", values=inside.data, document=inside, place=("basehub",))
    assert (file.line(("hub", "db")), file.in_file(("hub", "db"))) == (3, ("basehub", "hub", "db"))
    package = Origin(kind="package", name="p", values={"z2jh": whole.data}, document=whole, inside=("z2jh",))
    assert (package.line(("z2jh", "basehub", "hub")), package.in_file(("z2jh", "basehub"))) == (
        2,
        ("basehub",),
    )
    assert Origin(kind="computed", name="c", values={"a": 1}).line(("a",)) is None


KEYS = st.sampled_from("abc")
VALUES = st.recursive(
    st.none() | st.integers(0, 2) | st.lists(st.integers(0, 2), max_size=2),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(KEYS, VALUES, max_size=3)


@given(defaults=MAPS, layers=st.lists(MAPS, min_size=1, max_size=4))
def test_the_tree_is_what_the_templates_of_a_package_see(
    defaults: dict[str, Any], layers: list[dict[str, Any]]
) -> None:
    """What is explained is what Helm makes of the merged values and of the package's own defaults."""
    merged = merge(Layer(name="", values={"p": layer}) for layer in layers)
    seen = _over(defaults, for_helm(merged, {"p": defaults}).get("p", {}))
    assert same(plain(tree(origins({"p": defaults}, *({"p": layer} for layer in layers)))), {"p": _set(seen)})


@given(layers=st.lists(MAPS, min_size=1, max_size=4))
def test_the_strongest_saying_that_counts_is_where_a_value_comes_from(layers: list[dict[str, Any]]) -> None:
    found = origins(*layers)
    for at, leaf in leaves(tree(found)):
        counting = [each for each in sayings(found, at) if each.effect == "counts"]
        if leaf.value != {}:
            assert [(each.origin, each.at) for each in counting[-1:]] == [(leaf.origin, at)]


def _set(values: Any) -> Any:
    """Values without nulls, which templates take for nothing."""
    if not isinstance(values, dict):
        return values
    return {key: _set(value) for key, value in values.items() if value is not None}
