"""Credential plugins of a kubeconfig run inside whatever reads the file; this gives them their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def give_environment(kubeconfig: Path, env: Mapping[str, str]) -> None:
    """Write `env` into every exec plugin of a kubeconfig file; the file stays private (0600)."""
    import yaml

    config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    for user in config.get("users") or ():
        plugin = user["user"].get("exec")
        if plugin:
            kept = [entry for entry in plugin.get("env") or () if entry["name"] not in env]
            plugin["env"] = [*kept, *({"name": name, "value": value} for name, value in env.items())]
    kubeconfig.chmod(0o600)
    kubeconfig.write_text(yaml.safe_dump(config), encoding="utf-8")
