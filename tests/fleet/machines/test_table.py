"""The table of machine types: complete enough, sound, and read as it is meant."""

from __future__ import annotations

import re
from datetime import date

import pytest

from deployer.fleet.machines.table import GIB, MIB, Machine, machine, names, sources


@pytest.mark.parametrize(
    "expected",
    [
        Machine(name="n1-standard-8", cloud="gcp", cpu=8, memory=30 * GIB),
        Machine(name="n1-highmem-8", cloud="gcp", cpu=8, memory=52 * GIB),
        Machine(name="n2-highmem-16", cloud="gcp", cpu=16, memory=128 * GIB),
        Machine(name="n2-highmem-128", cloud="gcp", cpu=128, memory=864 * GIB),
        Machine(name="n2d-highcpu-8", cloud="gcp", cpu=8, memory=8 * GIB),
        Machine(name="c4-standard-2", cloud="gcp", cpu=2, memory=7 * GIB),
        Machine(name="t2a-standard-4", cloud="gcp", cpu=4, memory=16 * GIB, arch="arm64"),
        Machine(name="e2-medium", cloud="gcp", cpu=2, memory=4 * GIB, shared=True),
        Machine(name="g2-standard-24", cloud="gcp", cpu=24, memory=96 * GIB, gpu="nvidia l4", gpus=2),
        Machine(name="a2-highgpu-1g", cloud="gcp", cpu=12, memory=85 * GIB, gpu="nvidia a100", gpus=1),
        Machine(name="r5.xlarge", cloud="aws", cpu=4, memory=32 * GIB, pods=58),
        Machine(name="r7i.4xlarge", cloud="aws", cpu=16, memory=128 * GIB, pods=234),
        Machine(name="m6g.medium", cloud="aws", cpu=1, memory=4 * GIB, pods=8, arch="arm64"),
        Machine(name="t3.medium", cloud="aws", cpu=2, memory=4 * GIB, pods=17),
        Machine(name="c5n.large", cloud="aws", cpu=2, memory=5376 * MIB, pods=29),
        Machine(name="g4dn.xlarge", cloud="aws", cpu=4, memory=16 * GIB, pods=29, gpu="nvidia t4", gpus=1),
        Machine(name="p3.2xlarge", cloud="aws", cpu=8, memory=61 * GIB, pods=58, gpu="nvidia v100", gpus=1),
        Machine(name="Standard_E16_v4", cloud="azure", cpu=16, memory=128 * GIB),
        Machine(name="Standard_D4s_v5", cloud="azure", cpu=4, memory=16 * GIB),
        Machine(name="Standard_F8s_v2", cloud="azure", cpu=8, memory=16 * GIB),
        Machine(name="Standard_B2ms", cloud="azure", cpu=2, memory=8 * GIB),
        Machine(name="Standard_NC4as_T4_v3", cloud="azure", cpu=4, memory=28 * GIB, gpu="nvidia t4", gpus=1),
        Machine(name="n2-custom-4-16384", cloud="gcp", cpu=4, memory=16 * GIB),
        Machine(name="custom-2-3840", cloud="gcp", cpu=2, memory=3840 * MIB),
        Machine(name="e2-custom-2-2048-ext", cloud="gcp", cpu=2, memory=2 * GIB),
    ],
    ids=lambda each: each.name,
)
def test_common_machines_are_known(expected: Machine) -> None:
    assert machine(expected.name) == expected


@pytest.mark.parametrize("name", ["", "large", "n2-custom-4", "m5.metal", "m1.small", "n2-highmem-3"])
def test_others_are_not(name: str) -> None:
    assert machine(name) is None


def test_every_row_is_sound() -> None:
    """A slip in a row would be seen in hubs only."""
    for name in names():
        found = machine(name)
        assert found is not None
        assert found.cpu > 0
        assert all(type(number) is int for number in (found.cpu, found.memory, found.gpus)), found
        assert 0.25 <= found.memory / GIB / found.cpu <= 64, found
        assert found.arch in ("amd64", "arm64")
        assert bool(found.gpu) == bool(found.gpus), found
        assert not found.gpu or re.fullmatch(r"(nvidia|amd) [a-z0-9-]+", found.gpu), found
        assert (found.pods is not None) == (found.cloud == "aws")


def test_larger_machines_of_a_family_are_larger() -> None:
    """In names of Google and Amazon the size is the last part, and rows are in its order."""
    for before, after in zip(names(), names()[1:], strict=False):
        one, other = machine(before), machine(after)
        assert one
        assert other
        if re.sub(r"[0-9]+$", "", before) == re.sub(r"[0-9]+$", "", after):
            assert (one.cpu, one.memory) <= (other.cpu, other.memory), (before, after)


def test_facts_have_a_source_and_a_date() -> None:
    assert [each.cloud for each in sources()] == ["gcp", "aws", "azure"]
    for each in sources():
        assert each.source
        assert date.fromisoformat(each.date) > date(2026, 1, 1)
