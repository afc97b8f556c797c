"""A cluster that is reached by a kubeconfig file beside its cluster.yaml, plain or encrypted by sops."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from deployer.clouds import Access
from deployer.tools import sops

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster, Kubeconfig
    from deployer.session import Session
    from deployer.tools.process import Programs


def access(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> Access:
    """Return the file itself when it is plain, else write it decrypted into the private directory."""
    source = cluster.directory / cast("Kubeconfig", cluster.provider).file
    if not source.name.startswith("enc-"):
        return Access(kubeconfig=source)
    kubeconfig = directory / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(json.dumps(sops.decrypt(programs, source)), encoding="utf-8")
    return Access(kubeconfig=kubeconfig)
