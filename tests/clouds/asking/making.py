"""Clusters, pools and those who ask, for tests of what clouds are asked."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.clouds.asking import Asker, Need, Pool
from deployer.fleet.documents import Document
from deployer.fleet.machines.table import machine
from deployer.fleet.model import Aws, Azure, Cluster, Gcp, Provider
from tests.tools.fake_runner import Call, FakeRunner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ACCOUNT = "123456789012"
AWS = Aws(key=None, account=ACCOUNT, cluster="alps-1", region="us-west-2")
GCP = Gcp(key=None, project="hubs", cluster="alps-1", location="europe-west1-b")
AZURE = Azure(key=None, resource_group="hubs", cluster="alps-1")
VARIABLES: Mapping[type[Provider], Mapping[str, Any]] = {
    Aws: {"account": ACCOUNT, "cluster_name": "alps-1", "region": "us-west-2"},
    Gcp: {
        "cluster_name": "alps-1",
        "location": "europe-west1-b",
        "project": "hubs",
        "region": "europe-west1",
    },
    Azure: {"cluster_name": "alps-1", "location": "westeurope", "subscription": "sub"},
}


def cluster(provider: Provider) -> Cluster:
    document = Document(path=Path("cluster.yaml"), name="cluster.yaml", data={}, marks={})
    return Cluster(
        name="alps",
        provider=provider,
        directory=Path(),
        hubs=(),
        kubernetes_version="1.34",
        document=document,
    )


def asker(
    provider: Provider, *calls: Call, env: Mapping[str, str] | None = None, **variables: Any
) -> tuple[Asker, FakeRunner]:
    """Return somebody who may make these calls, and the runner that expects them all."""
    runner = FakeRunner(expected=deque(calls))
    asking = Asker(
        cluster=cluster(provider),
        variables={**VARIABLES[type(provider)], **variables},
        env=env or {},
        programs=runner,
        now=datetime(2026, 11, 28, 12, tzinfo=UTC),
    )
    return asking, runner


def answer(argv: Sequence[str], said: Any) -> Call:
    return Call(argv=argv, stdout=json.dumps(said))


def refusal(argv: Sequence[str], said: str) -> Call:
    return Call(argv=argv, stderr=said, returncode=1)


def need(*actions: str, types: Sequence[str] = (), made: Sequence[str] = (), **state: Any) -> Need:
    return Need(
        actions=frozenset(actions), types=frozenset((*types, *made)), made=frozenset(made), state=state
    )


def pool(
    name: str, machine_type: str, nodes: int, *, spot: bool = False, gpu: str = "", gpus: int = 0
) -> Pool:
    return Pool(
        name=name,
        machine=machine_type,
        type=machine(machine_type),
        nodes=nodes,
        disk=100,
        spot=spot,
        gpu=gpu,
        gpus=gpus,
    )
