"""Amounts of memory, processors and storage, as Kubernetes writes them and as KubeSpawner does."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from deployer.rules.values.parts.shapes import number

GIB = 1024**3
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SUFFIXES = {
    **{suffix: 10.0**power for suffix, power in _DECIMAL.items()},
    **{f"{letter}i": 1024.0**power for power, letter in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([a-zA-Z]*|[eE][+-]?[0-9]+)")
_SPAWNER = {letter: 1024.0**power for power, letter in enumerate("KMGT", start=1)}


def quantity(value: Any) -> float | None:
    """Return a quantity of the Kubernetes API as a number, None when it is no such thing.

    The syntax is that of `k8s.io/apimachinery/pkg/api/resource`: `10Gi`, `500m`, `1e3`, 2.
    """
    return _of_text(value) if isinstance(value, str) else number(value)


# Charts and hubs write the same few amounts again and again.
@lru_cache(maxsize=1024)
def _of_text(text: str) -> float | None:
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    digits, suffix = found.groups()
    if suffix in _SUFFIXES:
        return float(digits) * _SUFFIXES[suffix]
    return float(digits + suffix) if re.fullmatch(r"[eE][+-]?[0-9]+", suffix) else None


def spawner_memory(value: Any) -> float | None:
    """Return the bytes that KubeSpawner understands, None when it would refuse the value.

    It takes a number, or a number with K, M, G or T, each 1024 of the one before (ByteSpecification in
    jupyterhub/traitlets.py). Kubernetes' own `Gi` it refuses.
    """
    if not isinstance(value, str):
        return number(value)
    try:
        return float(value[:-1]) * _SPAWNER[value[-1:]]
    except (ValueError, KeyError):
        return None


def spawner_cpu(value: Any) -> float | None:
    """Return the processors that KubeSpawner understands: a number. It takes no text, such as `500m`."""
    return number(value)


def gibibytes(amount: float) -> str:
    """Return bytes for people: `2 GiB`."""
    return f"{amount / GIB:.3g} GiB"
