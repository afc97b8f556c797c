"""Working on a cluster by hand, with its own credentials; and pinning which cluster it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.model import Local
from deployer.operations.access import connected
from deployer.tools.kubernetes import cluster_uid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.fleet.model import Cluster
    from deployer.session import Session


def run(session: Session, cluster: Cluster, command: Sequence[str]) -> int:
    """Run a command, or the user's shell, on the terminal; return its exit status."""
    argv = list(command) or [session.environ.get("SHELL", "/bin/sh")]
    with connected(session, cluster) as connection:
        return connection.programs.interactive(argv, env={**connection.env, "DEPLOYER_CLUSTER": cluster.name})


def pin(session: Session, cluster: Cluster) -> str:
    """Write the cluster's uid into cluster.yaml, comments and layout kept; return what was done."""
    if isinstance(cluster.provider, Local):
        raise DeployerError(
            f"{cluster.name}: not pinned: the local cluster's uid is in the state directory",
            hint="`deployer local up` writes it",
        )
    with connected(session, replace(cluster, uid=None)) as connection:
        uid = cluster_uid(connection.api)
    if cluster.uid == uid:
        return f"{cluster.name}: pinned already: {uid}"
    path = cluster.document.path
    text = path.read_text(encoding="utf-8")
    if cluster.uid is None:
        changed = f"{text.rstrip()}\nidentity:\n  uid: {uid}\n"
    else:
        # The old uid is 36 characters of chance: it stands nowhere else.
        changed = text.replace(cluster.uid, uid)
    path.write_text(changed, encoding="utf-8")
    return f"{cluster.name}: pinned to {uid} in {cluster.document.name}"
