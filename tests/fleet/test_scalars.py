"""Scalars without quotes: what they are to Helm."""

from __future__ import annotations

import base64
import json
import math
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.fleet.documents import read
from deployer.fleet.scalars import resolve
from tests.charts.making import SHOWS_VALUES, built_helm, write_chart

if TYPE_CHECKING:
    from pathlib import Path

SCALARS: dict[str, Any] = {
    "demo": "demo",
    "y": True,
    "Yes": True,
    "ON": True,
    "true": True,
    "tRue": "tRue",
    "n": False,
    "No": False,
    "off": False,
    "None": "None",
    "~": None,
    "~x": "~x",
    "null": None,
    "0": 0,
    "-0": 0,
    "42": 42,
    "+42": 42,
    "-42": -42,
    "1_000": 1000,
    "0644": 420,
    "0o644": 420,
    "0x1F": 31,
    "0b101": 5,
    "0899": 899.0,
    "012345678901": 12345678901.0,
    "18446744073709551615": 18446744073709551615,
    "18446744073709551616": 18446744073709551616.0,
    "1.5": 1.5,
    "1.": 1.0,
    ".5": 0.5,
    "1e3": 1000.0,
    "1e999": "1e999",
    "1.34": 1.34,
    "1.34.4": "1.34.4",
    "-": "-",
    ".": ".",
    "...x": "...x",
    "1:30": "1:30",
    "190:20:30": "190:20:30",
    "2026-01-01": "2026-01-01",
    "2026-01-01T00:00:00Z": "2026-01-01T00:00:00Z",
    "10.0.0.1": "10.0.0.1",
    "1G": "1G",
    "0x": "0x",
    "12e": "12e",
}


@pytest.mark.parametrize(("text", "value"), SCALARS.items(), ids=SCALARS)
def test_a_scalar_is_what_it_is_to_helm(text: str, value: Any) -> None:
    resolved = resolve(text)
    assert (resolved, type(resolved)) == (value, type(value))


@pytest.mark.parametrize(("text", "value"), [(".inf", math.inf), ("-.Inf", -math.inf), ("+.INF", math.inf)])
def test_infinity_is_a_number(text: str, value: float) -> None:
    assert resolve(text) == value


def test_nan_is_a_number() -> None:
    value = resolve(".NaN")
    assert isinstance(value, float)
    assert math.isnan(value)


def test_digits_without_end_are_text_as_they_are_to_helm() -> None:
    assert resolve("9" * 5000) == "9" * 5000


def test_nothing_is_null() -> None:
    assert resolve("") is None


@pytest.mark.integration
@pytest.mark.parametrize("program", ["helm", "helm3"])
def test_real_helm_reads_a_file_as_we_do(repository: Path, tmp_path: Path, program: str) -> None:
    """Scalars as values, keys of all kinds, merge keys and aliases, through a chart that shows its values."""
    scalars = [text for text in SCALARS if text != "-"]
    text = "".join(f"v{index}: {scalar}\n" for index, scalar in enumerate(scalars))
    text += "keys: {1: a, on: b, no: c, x: d, 0x10: e}\n"
    text += "base: &base {a: 1, b: [2, 3]}\nmerged:\n  <<: *base\n  a: 3\nagain: *base\n"
    text += "block: |\n  one\n  two\nfolded: >-\n  one\n  two\nquoted: '1'\ntagged: !!str 1\n"
    chart = write_chart(tmp_path / "chart", files={"templates/values.yaml": SHOWS_VALUES})
    (chart / "values.yaml").write_text(text)
    helm = built_helm(repository, program)
    shown = helm.template(
        chart, release="r", namespace="n", values={}, kube_version="1.34.0", home=tmp_path / "home"
    )
    seen = json.loads(base64.b64decode(yaml.safe_load(shown)["data"]), parse_int=float)
    ours = json.loads(json.dumps(read(chart / "values.yaml", root=tmp_path).data), parse_int=float)
    assert _without_nulls(seen) == _without_nulls(ours)


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    """Return values without nulls, which Helm 3 keeps and Helm 4 drops; to both all numbers are floats."""
    return {key: value for key, value in values.items() if value is not None}
