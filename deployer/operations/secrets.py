"""Decrypting a hub's files, in memory only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.tools import sops
from deployer.tools.process import programs

if TYPE_CHECKING:
    from deployer.fleet.model import Hub
    from deployer.session import Session


def decrypted(session: Session, hub: Hub) -> dict[str, dict[str, Any]]:
    """Return the whole content of each encrypted file that makes a hub's values, by its name.

    Raises:
        ProgramMissing: sops is not installed, and there are encrypted files.
        DeployerError: a file cannot be decrypted.
    """
    runner = programs(session)
    override = (hub.domain_override,) if hub.domain_override else ()
    return {
        file.name: sops.decrypt(runner, file.path, environ=session.environ, name=file.document.name)
        for file in (*hub.values_files, *override)
        if file.encrypted
    }
