"""The cluster on this machine: `deployer local up` left its kubeconfig in the state directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.clouds import Access, Given, Homes
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.session import Session
    from deployer.tools.process import Programs

HOMES = Homes()
GIVEN = Given()


def access(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> Access:
    """Return the kubeconfig that `deployer local up` wrote."""
    kubeconfig = session.state / "local" / "kubeconfig"
    if not kubeconfig.exists():
        raise DeployerError("there is no local cluster", hint="run `deployer local up`")
    return Access(kubeconfig=kubeconfig)
