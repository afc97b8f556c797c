"""Fleets on disk, of as little text as a test needs, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.load import load

if TYPE_CHECKING:
    from pathlib import Path

CAMPUS = "config/clusters/campus/cluster.yaml"
VALUES = "config/clusters/campus/research.values.yaml"
SUPPORT = "config/clusters/campus/support.values.yaml"


def write(root: Path, **files: str) -> Path:
    """Write a cluster `campus` with the hub `research`; `values`, `support` and `cluster` add to it."""
    lists = {key: f"[{key}.values.yaml]" if key in files else "[]" for key in ("values", "support")}
    text = f"""\
name: campus
provider: kubeconfig
kubeconfig: {{file: kubeconfig}}
support: {{helm_chart_values_files: {lists["support"]}}}
hubs:
  - name: research
    domain: research.example.org
    helm_chart: basehub
    helm_chart_values_files: {lists["values"]}
"""
    directory = root / "config/clusters/campus"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "kubeconfig").write_text("{}\n")
    (directory / "cluster.yaml").write_text(text + files.pop("cluster", ""))
    for name, content in files.items():
        (directory / f"{name}.values.yaml").write_text(content)
    return root


def told(root: Path, rule: str, *, only: str | None = None) -> list[str]:
    """Return what a rule says: `line: message` of each problem."""
    return [f"{each.line}: {each.message}" for each in load(root, only=only)[1] if each.rule == rule]
