"""The windows in which a cloud is to keep its hands off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from deployer.fleet.model import Azure, Freeze
from deployer.render.tfvars import tfvars
from tests.fleet.limits.asking import cluster
from tests.render import fleets

AZURE = Azure(key=None, resource_group="g", cluster="c", location="westeurope", subscription="0" * 8)


def window(begins: str, ends: str) -> Freeze:
    return Freeze(
        begins=datetime.fromisoformat(begins), ends=datetime.fromisoformat(ends), reason="exams", hub="hub"
    )


def given(cloud: str, *windows: Freeze, own: tuple[Freeze, ...] = ()) -> Any:
    made = replace(cluster(cloud), hubs=(fleets.hub(freezes=windows),), freezes=own)
    return tfvars(replace(made, provider=AZURE) if cloud == "azure" else made).get("freezes")


@pytest.mark.parametrize("cloud", ["azure", "gcp"])
def test_those_of_the_cluster_and_of_its_hubs_are_joined_in_utc(cloud: str) -> None:
    first = window("2026-12-01T08:00+01:00", "2026-12-02T08:00+01:00")
    touching = window("2026-12-02T07:00Z", "2026-12-03T07:00Z")
    inside = window("2026-12-02T08:00Z", "2026-12-02T09:00Z")
    apart = window("2025-06-01T00:00Z", "2025-06-02T00:00Z")
    backward = window("2026-05-02T00:00Z", "2026-05-01T00:00Z")
    assert given(cloud, touching, inside, backward, first, own=(apart,)) == {
        "freeze-20250601-000000": {"start": "2025-06-01T00:00:00Z", "end": "2025-06-02T00:00:00Z"},
        "freeze-20261201-070000": {"start": "2026-12-01T07:00:00Z", "end": "2026-12-03T07:00:00Z"},
    }


def test_without_windows_there_is_no_variable_and_eks_does_nothing_by_itself() -> None:
    assert [given(cloud) for cloud in ("aws", "azure", "gcp")] == [None, None, None]
    assert given("aws", window("2026-12-01T00:00Z", "2026-12-02T00:00Z")) is None
