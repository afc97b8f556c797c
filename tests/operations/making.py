"""Fleets on disk, with a chart of their own, for tests of what is found in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.charts.making import write_chart

if TYPE_CHECKING:
    from pathlib import Path


class Fleet:
    """A fleet on disk with a chart of its own, and a mirror that has what the chart needs."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "fleet"
        self.mirror = directory / "mirror"
        dependency = {"name": "jupyterhub", "version": "4.4.0", "repository": "https://charts.example.org/"}
        write_chart(self.root / "helm-charts/basehub", dependencies=[dependency])
        self.cluster("campus", research="research.values.yaml")
        self.write("config/org.yaml", 'name: Example Hubs\ndefaults: {kubernetes_version: "1.34"}\n')
        self.write("config/clusters/campus/research.values.yaml", "{}\n")

    def chart(self, schema: dict[str, Any] | None = None, template: str = "") -> None:
        """Have the package that basehub needs in the mirror."""
        files = {"values.schema.json": json.dumps(schema or {})}
        if template:
            files["templates/objects.yaml"] = template
        write_chart(self.mirror / "jupyterhub", version="4.4.0", files=files)

    def cluster(self, name: str, **hubs: str) -> None:
        text = f"name: {name}\nprovider: local\nhubs:\n"
        for hub, files in hubs.items():
            text += f"  - name: {hub}\n    domain: {hub}.example.org\n    helm_chart: basehub\n"
            text += f"    helm_chart_values_files: [{files}]\n"
        self.write(f"config/clusters/{name}/cluster.yaml", f"{text}schema: 2\n")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
