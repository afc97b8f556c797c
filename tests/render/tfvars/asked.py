"""Clusters that ask for infrastructure, and what is said of those that can't have it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.errors import DeployerError
from deployer.fleet.model import Freeze
from deployer.render.tfvars import tfvars
from tests.render import fleets

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster


def cluster(text: str, provider: str, **changed: Any) -> Cluster:
    """A cluster with an `infrastructure` block, in which keys are replaced."""
    data = yaml.safe_load(text)
    data.get("infrastructure", {}).update(changed)
    return replace(fleets.cluster(provider), document=fleets.document(yaml.safe_dump(data), "cluster.yaml"))


def frozen(cluster: Cluster) -> Cluster:
    """The cluster with a window in which nothing is deployed."""
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    return replace(cluster, freezes=(Freeze(begins=moment, ends=moment + timedelta(days=9), reason="exams"),))


def refused(asked: Cluster) -> str:
    """Return what is said of a cluster that can't be built; something is to be done about it."""
    with pytest.raises(DeployerError) as caught:
        tfvars(asked)
    assert caught.value.hint
    return caught.value.message


def variables_of(module: Path) -> tuple[set[str], set[str]]:
    """Return which variables a root module declares, and which it uses."""
    files = {path.name: path.read_text() for path in module.glob("*.tf")}
    declared = set(re.findall(r'^variable "(\w+)"', files["variables.tf"], re.MULTILINE))
    return declared, set(re.findall(r"\bvar\.(\w+)", "\n".join(files.values())))
