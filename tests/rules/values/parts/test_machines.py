"""Sizes of machine types."""

from __future__ import annotations

import pytest

from deployer.rules.values.parts.machines import size
from deployer.rules.values.parts.quantities import GIB


@pytest.mark.parametrize(
    ("machine", "cpu", "gib"),
    [
        ("n1-standard-8", 8, 30),
        ("n2-highmem-16", 16, 128),
        ("n2d-highcpu-8", 8, 8),
        ("e2-standard-4", 4, 16),
        ("g2-standard-4", 4, 16),
        ("a2-highgpu-1g", 12, 85),
        ("r5.xlarge", 4, 32),
        ("r5.16xlarge", 64, 512),
        ("m6g.medium", 1, 4),
        ("m5.large", 2, 8),
        ("g4dn.xlarge", 4, 16),
        ("t3.medium", 2, 4),
        ("t3a.2xlarge", 8, 32),
        ("Standard_E16_v4", 16, 128),
        ("Standard_D4s_v5", 4, 16),
        ("Standard_F8s_v2", 8, 16),
        ("Standard_B2ms", 2, 8),
    ],
)
def test_common_machines_are_known(machine: str, cpu: int, gib: float) -> None:
    assert size(machine) == (cpu, gib * GIB)


@pytest.mark.parametrize(
    ("machine", "gib"), [("c5n.large", 5.25), ("p3.2xlarge", 61), ("Standard_NC4as_T4_v3", 28)]
)
def test_no_machine_is_taken_to_be_smaller_than_it_is(machine: str, gib: float) -> None:
    known = size(machine)
    assert known is not None
    assert gib * GIB <= known.memory <= 1.5 * gib * GIB


@pytest.mark.parametrize(
    "machine",
    [
        "",
        "large",
        "n2-custom-4-16384",
        "e2-medium",
        "m5.metal",
        "trn1.2xlarge",
        "Standard_DS2_v2",
        "m1.small",
    ],
)
def test_other_machines_are_not(machine: str) -> None:
    assert size(machine) is None
