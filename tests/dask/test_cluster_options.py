"""What the gateway-side Python makes of settings, in a real Dask Gateway server's backend."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from dask_gateway_server import models
from dask_gateway_server.backends.base import PublicException
from traitlets.config import Config

from tests.hub.features import values

if TYPE_CHECKING:
    from pathlib import Path

ADA = SimpleNamespace(name="ada", groups=[], admin=False)
DASK = (
    "features: {dask: {worker_sizes: [{cpu: 1, memory_gb: 4}, {cpu: 2, memory_gb: 8}], max_idle_minutes: 60}}"
)


@pytest.fixture
def backend(repository: Path) -> Any:
    """A backend with the configuration that the chart writes from the values, before it has any cluster."""
    parts = values(repository, DASK)["dask-gateway"]["gateway"]["extraConfig"]
    config = Config({"KubeBackend": {"gateway_instance": "test"}, "KubeClusterConfig": {"namespace": "hub"}})
    scope: dict[str, Any] = {"c": config}
    for name in sorted(parts):
        exec(compile(parts[name], name, "exec"), scope)
    made = config.DaskGateway.backend_class(config=config)
    made.clusters, made.username_to_clusters = {}, {}
    return made


def configured(backend: Any, **options: Any) -> Any:
    return asyncio.run(backend.process_cluster_options(ADA, options))[1]


def test_who_chooses_nothing_gets_the_first_size(backend: Any) -> None:
    found = configured(backend, image="registry.example.org:5000/lab:2026.01")
    gib = 1024**3
    assert {name: getattr(found, name) for name in ("image", "idle_timeout", "environment", "namespace")} == {
        "image": "registry.example.org:5000/lab:2026.01",
        "idle_timeout": 1800,
        "environment": {},
        "namespace": "hub",
    }
    assert (found.worker_cores, found.worker_cores_limit, found.worker_threads) == (0.9, 1, 1)
    assert (found.worker_memory, found.worker_memory_limit) == (4 * gib, 4 * gib)
    assert (found.scheduler_cmd, found.worker_cmd) == (["dask", "scheduler"], ["dask", "worker"])
    # 100 processors, less that of the scheduler, in parts of 0.9.
    assert found.cluster_max_workers == 109


def test_choices_are_followed(backend: Any) -> None:
    found = configured(
        backend,
        image="lab:1",
        worker_resource_allocation="2 CPU, 8 GB",
        environment={"BUCKET": "s3://a"},
        idle_timeout_minutes=60,
    )
    assert (found.worker_cores, found.worker_threads, found.idle_timeout) == (1.8, 2, 3600)
    assert found.environment == {"BUCKET": "s3://a"}


def test_pods_tell_whose_they_are(backend: Any) -> None:
    found = configured(backend, image="lab:1")
    assert found.worker_extra_pod_annotations == {"hub.jupyter.org/username": "ada"}
    assert found.scheduler_extra_pod_annotations == {
        "hub.jupyter.org/username": "ada",
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "8787",
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "an image needs a tag, such as `image:2026.01`"),
        (
            {"image": "registry.example.org:5000/lab"},
            "an image needs a tag, such as `registry.example.org:5000/lab:2026.01`",
        ),
        (
            {"image": "lab:1", "idle_timeout_minutes": 61},
            "idle_timeout_minutes must be <= 60.000000, got 61",
        ),
        ({"image": "lab:1", "worker_cores": 64}, "Unknown fields ['worker_cores']"),
    ],
)
def test_what_may_not_be_chosen_is_refused_with_the_reason(
    backend: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(PublicException) as refused:
        configured(backend, **options)
    assert str(refused.value) == message


def test_nobody_has_more_clusters_than_was_said(backend: Any) -> None:
    def cluster(status: models.ClusterStatus) -> Any:
        return SimpleNamespace(status=status)

    running, stopped = models.ClusterStatus.RUNNING, models.ClusterStatus.STOPPED
    backend.username_to_clusters["ada"] = {
        "1": cluster(running),
        "2": cluster(stopped),
        "3": cluster(running),
    }
    with pytest.raises(PublicException) as refused:
        asyncio.run(backend.start_cluster(ADA, {"image": "lab:1"}))
    assert str(refused.value) == "you have 2 clusters already: shut one down first"


def test_who_has_fewer_gets_one_more(backend: Any) -> None:
    made: list[Any] = []

    async def create(*arguments: Any) -> None:
        made.append(arguments)

    backend.custom_client = SimpleNamespace(create_namespaced_custom_object=create)
    name = asyncio.run(backend.start_cluster(ADA, {"image": "lab:1"}))
    ((group, version, namespace, plural, obj),) = made
    assert (group, version, namespace, plural) == ("gateway.dask.org", "v1alpha1", "hub", "daskclusters")
    assert name == f"hub.{obj['metadata']['name']}"
    config = obj["spec"]["config"]
    assert (config["worker_cores"], config["cluster_max_workers"]) == (0.9, 109)
