"""outputs.yaml: what a cluster's infrastructure tells about itself, committed beside cluster.yaml.

Rendering needs neither cloud nor state: it reads this file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.tools.terraform import Terraform

NAME = "outputs.yaml"
_HEAD = "# Written by `deployer infra apply {name}`. Commit it; edit cluster.yaml instead.\n"


def not_built(cluster: Cluster) -> DeployerError:
    """Return what to raise where a cluster would have to be there already."""
    return DeployerError(
        f"{cluster.name} is not built yet", hint=f"`deployer infra apply {cluster.name}` builds it"
    )


def outputs(terraform: Terraform) -> dict[str, Any]:
    """Return what may be written down: the state's identity, and its outputs that are not sensitive."""
    told = {name: each["value"] for name, each in terraform.outputs().items() if not each["sensitive"]}
    state = json.loads(terraform.pull() or "{}")
    return {
        "state": {"lineage": state.get("lineage"), "serial": state.get("serial")},
        **dict(sorted(told.items())),
    }


def write(cluster: Cluster, found: Mapping[str, Any]) -> Path | None:
    """Write the file beside cluster.yaml at once; return its path, None when it says all that already.

    Raises:
        DeployerError: there is no state yet, or the file can't be written.
    """
    if found["state"]["lineage"] is None:
        raise not_built(cluster)
    path = cluster.directory / NAME
    text = _HEAD.format(name=cluster.name) + yaml.safe_dump(dict(found), sort_keys=False, allow_unicode=True)
    unfinished = path.with_name(f".{NAME}")
    try:
        # Whatever somebody has made of it, it is written anew.
        if path.is_file() and path.read_bytes() == text.encode():
            return None
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise DeployerError(
            f"{path} can't be written: {error.strerror}",
            hint=f"what was built is in the state: `deployer infra output {cluster.name}` writes the file",
        ) from error
    return path
