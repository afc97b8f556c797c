"""The `infrastructure` block of a cluster: what Terraform is to build, complete with its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.fleet.defaults import complete
from deployer.fleet.model import Aws
from deployer.fleet.schema_files import whole

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster, Hub

KEY = "infrastructure"


def infrastructure(cluster: Cluster) -> Mapping[str, Any] | None:
    """Return the block with the defaults of its schema, None for a cluster that somebody else made."""
    said = cluster.document.value((KEY,))
    if not isinstance(said, Mapping):
        return None
    completed: Mapping[str, Any] = complete(whole("cluster")["properties"][KEY], said)
    return completed


def default_range() -> str:
    """Return the addresses of a network that nobody says anything of."""
    network = whole("cluster")["properties"][KEY]["properties"]["network"]
    found: str = network["properties"]["range"]["default"]
    return found


def ci_subject(ci: Mapping[str, Any]) -> str:
    """Return which jobs of CI may deploy, in the words of GitHub's tokens."""
    job = f"environment:{ci['environment']}" if "environment" in ci else f"ref:refs/heads/{ci['branch']}"
    return f"repo:{ci['github']}:{job}"


def unbuilt_storage(cluster: Cluster, hub: Hub) -> str | None:
    """Return the name of the storage that a hub's homes are to be on and that outputs.yaml does not tell of.

    None when it does, or when the homes are on something else.
    """
    block = infrastructure(cluster) or {}
    declared = {storage["name"] for storage in block.get("home_storage", [])}
    told = cluster.outputs.get("home_storage", {})
    for feature in hub.features:
        for key in ("disk", "address") if feature.name == "homes" else ():
            name = feature.settings.get(key)
            if name in declared and name not in told:
                return str(name)
    return None


def unbuilt_support(cluster: Cluster) -> str | None:
    """Return the output of a cluster's infrastructure that its support counts on and that is not there."""
    asked = cluster.document.value((KEY,))
    if not isinstance(asked, Mapping):
        return None
    wanted = ["autoscaler_role"] if isinstance(cluster.provider, Aws) else []
    wanted += ["dns"] if asked.get("dns") else []
    return next((name for name in wanted if not cluster.outputs.get(name)), None)
