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


def outputs(terraform: Terraform) -> dict[str, Any]:
    """Return what may be written down: the state's identity, and its outputs that are not sensitive."""
    told = {name: each["value"] for name, each in terraform.outputs().items() if not each["sensitive"]}
    state = json.loads(terraform.pull() or "{}")
    return {
        "state": {"lineage": state.get("lineage"), "serial": state.get("serial")},
        **dict(sorted(told.items())),
    }


def write(cluster: Cluster, found: Mapping[str, Any]) -> Path | None:
    """Write the file beside cluster.yaml at once; return its path, None when it says all that already."""
    path = cluster.directory / NAME
    text = _HEAD.format(name=cluster.name) + yaml.safe_dump(dict(found), sort_keys=False, allow_unicode=True)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return None
    unfinished = path.with_name(f".{NAME}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise DeployerError(
            f"{path} can't be written: {error.strerror}",
            hint=f"what was built is in the state: `deployer infra output {cluster.name}` writes the file",
        ) from error
    return path
