"""Merging layers: what a hub gets, where it comes from, and what of it Helm is told."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet import documents
from deployer.render.merge import Layer, for_helm, merge

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(200)


def layers(*values: dict[str, Any]) -> list[Layer]:
    return [Layer(name=str(number), values=each) for number, each in enumerate(values)]


def merged(*values: dict[str, Any]) -> dict[str, Any]:
    return dict(merge(layers(*values)).values)


def any_values(seed: int, *, leaves: tuple[Any, ...] = (0, "text", [1], {}, None)) -> dict[str, Any]:
    """Values of few keys and little depth, so that layers made from different seeds meet."""
    chance = random.Random(seed)

    def some(depth: int) -> dict[str, Any]:
        return {
            key: some(depth - 1) if depth and chance.random() < 0.5 else copy.deepcopy(chance.choice(leaves))
            for key in "abc"
            if chance.random() < 0.7
        }

    return some(3)


def shaped(seed: int) -> dict[str, Any]:
    """Values in which a key is a map either in every layer or in none, as the depth says."""

    def cut(values: dict[str, Any], depth: int) -> dict[str, Any]:
        return {
            key: cut(value if isinstance(value, dict) else {}, depth - 1) if depth else f"{seed}-{key}"
            for key, value in values.items()
        }

    return cut(any_values(seed), 2)


def test_maps_merge_and_everything_else_replaces() -> None:
    weak = {"map": {"kept": 1, "list": [1, 2], "map": {"x": 1}}, "list": [{"a": 1}], "scalar": 1}
    strong = {"map": {"list": [3], "map": {"y": 2}}, "list": [{"b": 2}], "scalar": {"now": "a map"}}
    assert merged(weak, strong) == {
        "map": {"kept": 1, "list": [3], "map": {"x": 1, "y": 2}},
        "list": [{"b": 2}],
        "scalar": {"now": "a map"},
    }


def test_a_null_drops_what_lies_below_and_a_later_layer_can_set_the_key_again() -> None:
    assert merged({"a": {"x": 1}}, {"a": None}) == {"a": None}
    assert merged({"a": {"x": 1}}, {"a": None}, {"a": {"y": 2}}) == {"a": {"y": 2}}


def test_merging_changes_no_layer() -> None:
    for seed in SEEDS:
        given = [any_values(seed + n * 1000) for n in range(3)]
        before = copy.deepcopy(given)
        for_helm(merge(layers(*given)), any_values(seed + 5000))
        assert given == before


def test_an_empty_layer_and_a_repeated_layer_change_nothing() -> None:
    for seed in SEEDS:
        one, two = any_values(seed), any_values(seed + 1000)
        expected = merged(one, two)
        assert merged({}, one, {}, two, {}) == expected
        assert merged(one, two, two) == expected


def test_layers_can_be_merged_from_the_weak_end_step_by_step() -> None:
    for seed in SEEDS:
        one, two, three = (any_values(seed + n * 1000) for n in range(3))
        assert merged(one, two, three) == merged(merged(one, two), three)


def test_layers_of_one_shape_can_be_merged_in_any_grouping() -> None:
    """Where a map meets no null and no scalar, merging is associative."""
    for seed in SEEDS:
        one, two, three = (shaped(seed + n * 1000) for n in range(3))
        assert merged(merged(one, two), three) == merged(one, merged(two, three))


def test_the_strongest_layer_wins_each_of_its_leaves() -> None:
    for seed in SEEDS:
        strongest = shaped(seed + 1000)
        result = merged(shaped(seed), strongest)
        assert merged(result, strongest) == result


@pytest.mark.parametrize(
    ("values", "default", "handed"),
    [
        pytest.param([{"a": None}], {"a": 1}, {"a": None}, id="null over a dependency's default"),
        pytest.param([{"a": 1}, {"a": None}], {}, {}, id="null over a layer's value"),
        pytest.param([{"a": 1}, {"a": None}], {"a": 2}, {"a": None}, id="null over both"),
        pytest.param([{"a": None}], {}, {}, id="null over nothing"),
        pytest.param([{"m": {"a": None}}], {"m": {}}, {"m": {}}, id="null beside a dependency's defaults"),
        pytest.param([{"m": {"a": None}}], {"m": 1}, {"m": {}}, id="null below a default that is no map"),
        pytest.param([{"a": None}, {"a": 3}], {"a": 1}, {"a": 3}, id="set again above a null"),
        pytest.param([{"l": [None]}], {"l": []}, {"l": [None]}, id="null in a list"),
        pytest.param([{"a": 0}], {"a": None}, {"a": 0}, id="a value over a default that is null"),
    ],
)
def test_a_null_reaches_helm_only_where_a_dependency_has_a_default(
    values: list[dict[str, Any]], default: dict[str, Any], handed: dict[str, Any]
) -> None:
    assert for_helm(merge(layers(*values)), default) == handed


def test_a_map_set_again_above_a_null_does_not_bring_a_dependencys_defaults_back() -> None:
    """Helm would merge them with the map that the layers meant to stand alone."""
    result = merge(layers({"m": None}, {"m": {"own": 1, "inner": {"own": 2}}}))
    defaults = {"m": {"theirs": 1, "inner": {"theirs": 2}}, "other": 1}
    assert for_helm(result, defaults) == {
        "m": {"theirs": None, "own": 1, "inner": {"theirs": None, "own": 2}}
    }


def test_a_map_over_a_scalar_stands_alone_and_one_over_a_map_does_not() -> None:
    assert for_helm(merge(layers({"m": "text"}, {"m": {"own": 1}})), {"m": {"theirs": 1}}) == {
        "m": {"theirs": None, "own": 1}
    }
    assert for_helm(merge(layers({"m": {}}, {"m": {"own": 1}})), {"m": {"theirs": 1}}) == {"m": {"own": 1}}


def test_helm_ends_up_with_what_the_layers_say_above_the_dependencys_defaults() -> None:
    """Helm coalesces a table into the defaults below it, and drops a key at a null."""
    for seed in SEEDS:
        defaults = any_values(seed, leaves=(0, "text", [1], {}))
        stack = [any_values(seed + n * 1000) for n in range(1, 4)]
        assert coalesced(for_helm(merge(layers(*stack)), defaults), defaults) == no_nulls(
            merged(defaults, *stack)
        )


def coalesced(values: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Do what Helm does with values given to a chart with these defaults."""
    result = dict(values)
    for key, default in defaults.items():
        if key in result and result[key] is None:
            del result[key]
        elif key not in result:
            result[key] = default
        elif isinstance(result[key], dict) and isinstance(default, dict):
            result[key] = coalesced(result[key], default)
    return result


def no_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: no_nulls(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if value is not None
    }


@pytest.fixture
def stack(tmp_path: Path) -> list[Layer]:
    texts = {
        "weak.yaml": "a:\n  x: 1\n  deep:\n    y: 1\nlist:\n- n: 1\n",
        "strong.yaml": "# first\na:\n  x: 2\nlist:\n- n: 2\n- n: 3\n",
        "null.yaml": "a:\n  deep: null\n",
    }
    found = []
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        document = documents.read(tmp_path / name, root=tmp_path)
        found.append(Layer(name=name, values=document.data, document=document))
    return [found[0], Layer(name="computed: z", values={"a": {"z": 1}}), *found[1:]]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(("a", "x"), ("strong.yaml", (3, 3)), id="leaf"),
        pytest.param(("a", "z"), ("computed: z", None), id="computed"),
        pytest.param(("list", 1, "n"), ("strong.yaml", (6, 3)), id="in a list"),
        pytest.param(("list", 7), ("strong.yaml", (4, 1)), id="past the end of a list"),
        pytest.param(("a", "deep"), ("null.yaml", (2, 3)), id="null"),
        pytest.param(("a", "deep", "y"), ("null.yaml", (2, 3)), id="below a null"),
        pytest.param(("a", "missing"), ("null.yaml", (1, 1)), id="missing: nearest ancestor"),
        pytest.param(("missing", "too"), ("null.yaml", (1, 1)), id="missing at the top: strongest layer"),
    ],
)
def test_origin_is_the_layer_and_the_line_that_count(
    stack: list[Layer], at: tuple[str | int, ...], expected: tuple[str, tuple[int, int] | None]
) -> None:
    layer, mark = merge(stack).origin(at)
    assert (layer.name, mark) == expected


def test_every_leaf_has_the_origin_that_setting_it_there_alone_would_have() -> None:
    """The layer named for a leaf is the strongest one that holds this very value at its path."""
    for seed in SEEDS:
        stack = layers(*(any_values(seed + n * 1000) for n in range(4)))
        result = merge(stack)
        for at, value in leaves_of(result.values, ()):
            layer, _ = result.origin(at)
            assert dict(leaves_of(layer.values, ())).get(at, "absent") == value


def leaves_of(values: Any, at: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(values, dict) and values:
        return [leaf for key, value in values.items() for leaf in leaves_of(value, (*at, key))]
    return [(at, values)]
