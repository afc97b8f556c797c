"""What clouds refuse of an `infrastructure` block, told before anything is half built.

Pure: nothing but the cluster's own files and tables of facts decides. `deployer validate` tells each limit at
its place, and nothing is planned for a cluster that is beyond one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.infrastructure import KEY, infrastructure
from deployer.fleet.kubernetes_said import cloud as cloud_of
from deployer.fleet.limits import aws, azure, databases, every_cloud, formats, gcp
from deployer.fleet.limits.limit import Limit
from deployer.fleet.node_pools import pools
from deployer.fleet.schema import forbidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from deployer.fleet.model import Cluster

__all__ = ["Limit", "built", "limits"]

_CLOUDS = {"aws": aws.limits, "azure": azure.limits, "gcp": gcp.limits}
_TELLING = frozenset({"kubernetes_version", "node_pools"})
"""What clusters say too that somebody else made: so that checks and features know their nodes."""


def limits(cluster: Cluster) -> Iterator[Limit]:
    """Yield what the cloud of a cluster would refuse of its infrastructure.

    It has to be as its schema wants it.
    """
    asked, cloud = infrastructure(cluster), cloud_of(cluster)
    if asked is None or cloud is None:
        return
    yield from _CLOUDS[cloud](cluster, asked, pools(cluster))
    yield from every_cloud.limits(cluster, asked, pools(cluster))
    yield from formats.limits(cloud, asked)
    yield from databases.limits(cloud, asked)


def built(cluster: Cluster) -> Mapping[str, Any] | None:
    """Return the infrastructure that Terraform is to build.

    None for a cluster that somebody else made or that has no node pools yet, and when the schema has
    something against the block, which is told by then.
    """
    said = cluster.document.value((KEY,))
    if not isinstance(said, dict) or said.keys() <= _TELLING or not pools(cluster):
        return None
    if any(each.at[:1] == (KEY,) for each in forbidden(cluster.document.data, "cluster")):
        return None
    return infrastructure(cluster)
