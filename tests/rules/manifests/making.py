"""Rendered objects as the rules see them: those of a test, and the hub that they belong to."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from deployer.fleet.manifests import objects
from deployer.rules.subjects import HubObjects
from tests.rules.values.making import Making

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.rule import Rule

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: hub
spec:
  selector:
    matchLabels: {app: hub}
  template:
    metadata:
      labels: {app: hub}
    spec:
      containers:
        - name: hub
          image: hub:1
"""
"""To be added to: lines with 10 spaces belong to the container, with 6 to the pod."""
CHART = "cluster.yaml:1"
"""Where a finding is about which the hub's values say nothing."""


class Rendering:
    """Makes what Helm rendered for a hub whose files are in the directory `root`."""

    def __init__(self, root: Path) -> None:
        self.values = Making(root)

    def __call__(
        self, text: str, values: str = "{}", *, version: str = "1.34", packages: bool = True
    ) -> HubObjects:
        """Return objects, given as YAML, and the hub with these values on a cluster of a version.

        Without `packages`, the hub's chart has none: everything in it is its own.
        """
        release = self.values(values)
        chart = release.chart if packages else replace(release.chart, packages=())
        cluster = replace(release.cluster, kubernetes_version=version)
        return HubObjects(
            release=replace(release, cluster=cluster, chart=chart), objects=objects(dedent(text))
        )


def found(hub: HubObjects, *rules: Rule[Any]) -> list[str]:
    """Return what rules find: file and line, and the message."""
    problems = (problem for rule in rules for problem in rule.problems(hub))
    return [f"{problem.path}:{problem.line}: {problem.message}" for problem in problems]
