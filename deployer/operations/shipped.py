"""What is found in a preset of the program: told where a hub lists it, in a file of the fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.model import Hub
from deployer.fleet.presets import listed
from deployer.fleet.rule import Finding
from deployer.fleet.violations import shown

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Installed


def at_the_hub(root: Path, hub: Installed, finding: Finding) -> Finding:
    """Return a finding as it is, or where the hub lists the preset when its file is not the fleet's own."""
    path = finding.document.path
    if path.is_relative_to(root) or not isinstance(hub, Hub):
        return finding
    preset = next((each for each in hub.presets if each.document.path == path), None)
    if preset is None:
        return finding
    place, called = listed(hub, preset)
    key = finding.at if finding.document is preset.source else ("values", *finding.at)
    return Finding(hub.document, place, f"{finding.message} (preset {called}: `{shown(key)}`)")
