"""What a deploy refuses before it begins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet.features import Speaker, features
from deployer.fleet.infrastructure import unbuilt_storage, unbuilt_support
from deployer.fleet.model import Cluster, Fleet
from deployer.operations.deploy.plan import plan
from deployer.operations.deploy.upgrade import Options
from tests.render import fleets

if TYPE_CHECKING:
    from deployer.session import Session

BUILT = {"home_storage": {"homes": {"kind": "disk", "id": "vol-1"}}}
BLOCK = "infrastructure: {home_storage: [{name: homes, kind: disk, size: 1}, {name: common, kind: share}]}"


def cluster(homes: str, *, block: str = BLOCK, **more: Any) -> Cluster:
    asked = features([Speaker(document=fleets.document(f"features: {{homes: {homes}}}"))])
    hub = fleets.hub(features=asked)
    return fleets.cluster("aws", hub, document=fleets.document(block, "cluster.yaml"), **more)


@pytest.mark.parametrize(
    ("homes", "outputs", "missing"),
    [
        ("{kind: server, disk: homes}", {}, "homes"),
        ("{kind: server, disk: homes}", BUILT, None),
        ("{kind: managed, address: common}", BUILT, "common"),
        ("{kind: server, disk: vol-0123}", {}, None),
        ("{kind: managed, address: 10.0.0.2}", {}, None),
        ("{kind: volume}", {}, None),
    ],
)
def test_storage_that_is_not_there_yet_is_known(
    homes: str, outputs: dict[str, Any], missing: str | None
) -> None:
    asked = cluster(homes, outputs=outputs)
    assert unbuilt_storage(asked, asked.hubs[0]) == missing


def test_a_cluster_of_somebody_else_has_no_storage_of_ours() -> None:
    asked = cluster("{kind: server, disk: homes}", block="{}")
    assert unbuilt_storage(asked, asked.hubs[0]) is None


def test_a_hub_on_storage_that_is_not_there_yet_is_refused(session: Session) -> None:
    asked = cluster("{kind: server, disk: homes}")
    fleet = Fleet(root=Path("/fleet"), clusters=(asked,))
    (refused,) = plan(session, fleet, asked, asked.hubs, Options()).refused
    assert (refused.error, refused.hint) == (
        "outputs.yaml does not tell what the cloud calls `homes` of `home_storage`",
        f"`deployer infra apply {asked.name}` makes it and writes that down",
    )


@pytest.mark.parametrize(
    ("provider", "block", "outputs", "missing"),
    [
        ("aws", "infrastructure: {}", {}, "autoscaler_role"),
        ("aws", "infrastructure: {}", {"autoscaler_role": "arn"}, None),
        ("aws", "{}", {}, None),
        ("gcp", "infrastructure: {}", {}, None),
        ("gcp", "infrastructure: {dns: {zone: a.org}}", {"dns": None}, "dns"),
        ("gcp", "infrastructure: {dns: {zone: a.org}}", {"dns": {"zone": "a.org"}}, None),
    ],
)
def test_what_the_support_counts_on_is_known(
    provider: str, block: str, outputs: dict[str, Any], missing: str | None
) -> None:
    declared = fleets.document(block, "cluster.yaml")
    assert unbuilt_support(fleets.cluster(provider, document=declared, outputs=outputs)) == missing


def test_the_support_of_a_cluster_that_is_not_built_is_refused(session: Session) -> None:
    asked = fleets.cluster("aws", document=fleets.document("infrastructure: {}", "cluster.yaml"))
    fleet = Fleet(root=Path("/fleet"), clusters=(asked,))
    (refused,) = plan(session, fleet, asked, [asked.support], Options()).refused
    assert (refused.hub, refused.host, refused.error) == (
        "support",
        "",
        "outputs.yaml does not tell `autoscaler_role`, which the support of the cluster needs",
    )
