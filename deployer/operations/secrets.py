"""Decrypting the files of a hub, or of what a cluster runs for its hubs, in memory only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.tools import sops
from deployer.tools.process import programs

if TYPE_CHECKING:
    from deployer.fleet.model import Installed
    from deployer.session import Session


def decrypted(session: Session, owner: Installed) -> dict[str, dict[str, Any]]:
    """Return the whole content of each encrypted file that makes the values of a release, by its name.

    Raises:
        ProgramMissing: sops is not installed, and there are encrypted files.
        DeployerError: a file cannot be decrypted.
    """
    runner = programs(session)
    return {
        file.name: sops.decrypt(runner, file.path, environ=session.environ, name=file.document.name)
        for file in owner.listed_files
        if file.encrypted
    }
