"""Getting into a cluster: private credentials, and proof that it is the cluster that was meant."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer import clouds
from deployer.errors import DeployerError
from deployer.tools.kubernetes import Api, cluster_uid, connect
from deployer.tools.private_directory import private_directory
from deployer.tools.process import Programs, programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.session import Session


class WrongCluster(DeployerError):
    """The credentials in hand lead to another cluster than the one that was named."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """An open way into one cluster. `env` is what programs that talk to it need, KUBECONFIG included."""

    api: Api
    kubeconfig: Path
    env: Mapping[str, str]
    programs: Programs


@contextmanager
def connected(session: Session, cluster: Cluster) -> Iterator[Connection]:
    """Yield a connection whose credentials live in a private directory, gone when the block ends.

    Raises:
        WrongCluster: the cluster's uid is pinned and this is another one.
    """
    with private_directory() as directory:
        run = programs(session)
        access = clouds.of(cluster.provider).access(session, cluster, directory, run)
        api = connect(access.kubeconfig)
        _check_identity(api, cluster)
        yield Connection(
            api=api,
            kubeconfig=access.kubeconfig,
            env={
                **access.env,
                "KUBECONFIG": str(access.kubeconfig),
                "KUBECACHEDIR": str(directory / "kube-cache"),
            },
            programs=run,
        )


def _check_identity(api: Api, cluster: Cluster) -> None:
    uid = cluster_uid(api)
    if cluster.uid is not None and uid != cluster.uid:
        raise WrongCluster(
            f"{cluster.name}: wrong cluster: {api.server} has the uid {uid}, expected {cluster.uid}",
            hint="nothing was written; check the credentials, or run `deployer shell CLUSTER --pin` "
            "when the cluster was made anew",
        )
