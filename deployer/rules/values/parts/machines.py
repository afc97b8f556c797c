"""How large the machines of the clouds are: at most, which is enough to say what never fits.

Sizes are those of the providers' own tables (cloud.google.com/compute/docs/machine-resource,
aws.amazon.com/ec2/instance-types, learn.microsoft.com/azure/virtual-machines/sizes). Within a family memory
grows with processors; where some machines of it have less for each, the largest amount is written here. A
machine of another family is unknown.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from deployer.rules.values.parts.quantities import GIB


class Size(NamedTuple):
    """Processors, and bytes of memory."""

    cpu: float
    memory: float


_GOOGLE = {
    "standard": {4.0: "e2 n2 n2d n4 c2 c2d c3 c3d c4 t2a t2d g2", 3.75: "n1"},
    "highmem": {8.0: "e2 n2 n2d n4 c2d c3 c3d c4", 6.5: "n1"},
    "highcpu": {1.0: "e2 n2 n2d n1", 2.0: "n4 c2d c3 c3d c4"},
    # The number is one of GPUs, with 12 processors each.
    "highgpu": {85.0: "a2"},
    "ultragpu": {170.0: "a2"},
}
_AMAZON = {"c": 2.7, "m": 4.0, "r": 8.0, "g4dn": 4.0, "g4ad": 4.0, "g5": 4.0, "g6": 4.0, "p3": 7.7}
_AMAZON_BURSTING = {"nano": 0.5, "micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
_AZURE = (
    (re.compile(r"Standard_D([0-9]+)[a-z]*_v[3-9]"), 4.0),
    (re.compile(r"Standard_E([0-9]+)[a-z]*_v[3-9]"), 8.0),
    (re.compile(r"Standard_F([0-9]+)s_v2"), 2.0),
    (re.compile(r"Standard_B([0-9]+)[a-z]*(?:_v2)?"), 4.0),
    (re.compile(r"Standard_NC([0-9]+)[a-z]*_(?:T4_v3|A100_v4)"), 9.2),
)
"""GiB of memory for each processor."""


def size(machine: str) -> Size | None:
    """Return the size of a machine type of Google, Amazon or Azure, None when it is unknown."""
    return _google(machine) or _amazon(machine) or _azure(machine)


def _google(machine: str) -> Size | None:
    found = re.fullmatch(r"([a-z]+[0-9][a-z]?)-([a-z]+)-([0-9]+)g?", machine)
    if found is None:
        return None
    shapes = _GOOGLE.get(found[2], {})
    each = next((gib for gib, families in shapes.items() if found[1] in families.split()), None)
    if each is None:
        return None
    number = int(found[3])
    return Size(number * 12 if found[1] == "a2" else number, number * each * GIB)


def _amazon(machine: str) -> Size | None:
    found = re.fullmatch(r"(([a-z]+)([0-9])[a-z]*)\.([0-9]*)(x?)(large|medium|small|micro|nano)", machine)
    if found is None:
        return None
    family, letters, generation, times, x, unit = found.groups()
    if letters == "t" and unit in _AMAZON_BURSTING:
        gib = _AMAZON_BURSTING.get(f"{times}{x}{unit}")
        return Size(8 if times else 4 if x else 2, gib * GIB) if gib else None
    each = _AMAZON.get(family) or (_AMAZON.get(letters) if int(generation) > 3 else None)
    cpu = {"large": 4 * int(times or 1) if x else 2, "medium": 1}.get(unit)
    return Size(cpu, cpu * each * GIB) if each and cpu else None


def _azure(machine: str) -> Size | None:
    for pattern, each in _AZURE:
        found = pattern.fullmatch(machine)
        if found:
            return Size(int(found[1]), int(found[1]) * each * GIB)
    return None
