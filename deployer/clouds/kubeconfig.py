"""A cluster that is reached by a kubeconfig file beside its cluster.yaml, plain or encrypted by sops."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from deployer.clouds import Access, Given, Homes
from deployer.clouds.credentials import decrypted, write_private

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster, Kubeconfig
    from deployer.session import Session
    from deployer.tools.process import Programs

HOMES = Homes()
GIVEN = Given()


def access(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> Access:
    """Return the file itself when it is plain, else write it decrypted into the private directory."""
    file = cast("Kubeconfig", cluster.provider).file
    if not file.startswith("enc-"):
        return Access(kubeconfig=cluster.directory / file)
    kubeconfig = directory / "kubeconfig"
    write_private(kubeconfig, json.dumps(decrypted(session, cluster, programs, file)))
    return Access(kubeconfig=kubeconfig)
