"""What users of Dask Gateway may choose for a cluster, and how many clusters one of them may have.

This becomes a part of the gateway's configuration file, after a part that sets `SETTINGS`; hence nothing here
has to be at the top of a file. The names of options are those that notebooks of adopted hubs already use.
"""

from typing import TYPE_CHECKING, Any

from dask_gateway_server.backends.base import PublicException
from dask_gateway_server.backends.kubernetes import KubeBackend
from dask_gateway_server.options import Integer, Mapping, Options, Select, String

if TYPE_CHECKING:
    from traitlets.config import Config

c: "Config"
SETTINGS: "dict[str, Any]"
"""`worker_sizes` (`name`, `cores`, `cores_limit`, `memory`), `idle_minutes`, `max_idle_minutes`, `max_cores`,
`max_clusters`."""

_SIZES = {size["name"]: size for size in SETTINGS["worker_sizes"]}
_MOST_CLUSTERS = SETTINGS["max_clusters"]
_USER_NAME = "hub.jupyter.org/username"


class BoundedBackend(KubeBackend):  # type: ignore[misc]  # Dask Gateway is not typed
    """Lets nobody have more clusters at a time than was said."""

    async def start_cluster(self, user: Any, cluster_options: Any) -> Any:
        """Start a cluster, unless its user has too many."""
        running = len(await self.list_clusters(username=user.name))
        if running >= _MOST_CLUSTERS:
            message = f"you have {running} clusters already: shut one down first"
            raise PublicException(message)
        return await super().start_cluster(user, cluster_options)


def _configuration(options: Any, user: Any) -> dict[str, Any]:
    if ":" not in options.image.rpartition("/")[2]:
        message = f"an image needs a tag, such as `{options.image or 'image'}:2026.01`"
        raise ValueError(message)
    size = _SIZES[options.worker_resource_allocation]
    # As an annotation: a label can't have every name.
    annotations = {_USER_NAME: user.name}
    return {
        "image": options.image,
        "environment": options.environment,
        "worker_cores": size["cores"],
        "worker_cores_limit": size["cores_limit"],
        # By default as many as what is kept for it, rounded down.
        "worker_threads": max(1, int(size["cores_limit"])),
        "worker_memory": size["memory"],
        "worker_memory_limit": size["memory"],
        "idle_timeout": options.idle_timeout_minutes * 60,
        "scheduler_extra_pod_annotations": {
            **annotations,
            "prometheus.io/scrape": "true",
            "prometheus.io/port": "8787",
        },
        "worker_extra_pod_annotations": annotations,
    }


def _options(_user: Any) -> Options:
    most = SETTINGS["max_idle_minutes"]
    return Options(
        Select("worker_resource_allocation", list(_SIZES), label="Size of a worker"),
        # The client takes the image of the user's server from DASK_GATEWAY__CLUSTER__OPTIONS__IMAGE.
        String("image", label="Image of schedulers and workers"),
        Mapping("environment", {}, label="Environment variables (YAML)"),
        Integer(
            "idle_timeout_minutes",
            SETTINGS["idle_minutes"],
            min=1,
            max=most,
            label="Stopped after so many idle minutes",
        ),
        handler=_configuration,
    )


# ruff: noqa: F821 the gateway gives `c`, and the part before `SETTINGS`
c.DaskGateway.backend_class = BoundedBackend
c.Backend.cluster_options = _options
# `dask-scheduler` and `dask-worker`, which the gateway would start, are no longer in Distributed 2026.8.
c.ClusterConfig.scheduler_cmd = ["dask", "scheduler"]
c.ClusterConfig.worker_cmd = ["dask", "worker"]
c.KubeClusterConfig.idle_timeout = SETTINGS["idle_minutes"] * 60
c.KubeClusterConfig.cluster_max_cores = SETTINGS["max_cores"]
