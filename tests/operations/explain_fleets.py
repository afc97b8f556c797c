"""Small fleets for explanations, made of text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deployer.fleet.load import load_fleet, select_cluster, select_hubs
from deployer.operations.explain.layers import Layers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.operations.explain.layers import HubLayers
    from deployer.session import Session

ENCRYPTED = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
SOPS = f"sops: {{mac: '{ENCRYPTED}', version: 3.9.0, encrypted_regex: secret}}\n"


def write_fleet(root: Path, hubs: Mapping[str, str], files: Mapping[str, str], *, more: str = "") -> Path:
    """Write a fleet of one cluster `sea`: each hub with the files that it lists, by spaces."""
    lines = ["name: sea", "provider: gcp", "gcp: {project: sea, cluster: sea, zone: a}", "hubs:"]
    for name, listed in hubs.items():
        lines += [
            f"- name: {name}",
            f"  display_name: {name}  # shown to users",
            f"  domain: {name}.example.org",
            "  helm_chart: basehub",
            "  helm_chart_values_files:",
            *(f"  - {file}" for file in listed.split()),
        ]
    texts = {"cluster.yaml": "\n".join(lines) + "\n" + more, **files}
    directory = root / "config/clusters/sea"
    directory.mkdir(parents=True)
    for file, text in texts.items():
        (directory / file).write_text(text, encoding="utf-8")
    return root


def layers_of(session: Session, root: Path, hub: str, cluster: str = "sea") -> HubLayers:
    """Return the layers of a hub of a fleet."""
    fleet = load_fleet(root, state=session.state)
    chosen = select_cluster(fleet, cluster)
    (found,) = select_hubs(chosen, [hub])
    return Layers(session, fleet).of(chosen, found)


def with_mirror(session: Session, mirror: Path) -> Session:
    """Return a session that finds charts in a mirror."""
    return replace(session, chart_mirror=mirror)
