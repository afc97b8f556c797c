"""Credentials in the forms that the clouds' programs want: decrypted, private, and known to plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.tools import sops

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.session import Session
    from deployer.tools.process import Programs


def decrypted(session: Session, cluster: Cluster, programs: Programs, file: str) -> dict[str, Any]:
    """Return the content of an encrypted file beside a cluster.yaml."""
    path = cluster.directory / file
    return sops.decrypt(programs, path, environ=session.environ, name=f"{cluster.directory.name}/{file}")


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read, not even for a moment."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def plugins(kubeconfig: Path) -> set[str]:
    """Return the programs that a kubeconfig file gets credentials from."""
    import yaml

    config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    users = (user["user"] for user in config.get("users") or ())
    return {user["exec"]["command"] for user in users if user.get("exec")}


def give_environment(kubeconfig: Path, env: Mapping[str, str]) -> None:
    """Write `env` into every credential plugin of a kubeconfig file, which stays private (0600).

    Plugins run inside whatever reads the kubeconfig, so that is the only way they surely get it.
    """
    import yaml

    config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    for user in config.get("users") or ():
        plugin = user["user"].get("exec")
        if plugin:
            kept = [entry for entry in plugin.get("env") or () if entry["name"] not in env]
            plugin["env"] = [*kept, *({"name": name, "value": value} for name, value in env.items())]
    kubeconfig.chmod(0o600)
    kubeconfig.write_text(yaml.safe_dump(config), encoding="utf-8")
