"""Amounts: what Kubernetes and KubeSpawner make of them."""

from __future__ import annotations

from typing import Any

import pytest
from jupyterhub.traitlets import ByteSpecification
from traitlets import HasTraits, TraitError

from deployer.rules.values.parts.quantities import gibibytes, quantity, spawner_cpu, spawner_memory


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10Gi", 10 * 1024**3),
        ("500m", 0.5),
        ("1e3", 1000),
        ("1.5E-1", 0.15),
        ("12E", 12e18),
        (".5", 0.5),
        ("3.", 3),
        ("-1k", -1000),
        (2, 2),
        ("10GB", None),
        ("10 Gi", None),
        ("", None),
        ("Gi", None),
        ("1K", None),
        (True, None),
        ([], None),
        (None, None),
    ],
)
def test_a_quantity_is_kubernetes_s(text: Any, amount: float | None) -> None:
    assert quantity(text) == (None if amount is None else pytest.approx(amount))


class Spawner(HasTraits):
    memory = ByteSpecification()


@pytest.mark.parametrize(
    "value", ["2G", "0.5G", "512M", "1T", "8K", 1024, 1.5, "2Gi", "2g", "2", "", "G", "1e1M"]
)
def test_memory_is_read_as_the_spawner_reads_it(value: Any) -> None:
    try:
        expected = None if value == "" else Spawner(memory=value).memory
    except TraitError:
        expected = None
    read = spawner_memory(value)
    assert (None if read is None else int(read)) == expected


def test_processors_are_a_number() -> None:
    assert [spawner_cpu(value) for value in (1, 0.5, "1", "500m", True, None)] == [
        1,
        0.5,
        None,
        None,
        None,
        None,
    ]


def test_bytes_are_shown_in_gibibytes() -> None:
    assert [gibibytes(value) for value in (1024**3, 1.5 * 1024**3, 7_805_679_519)] == [
        "1 GiB",
        "1.5 GiB",
        "7.27 GiB",
    ]
