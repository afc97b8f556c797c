"""Presets: named use cases that hubs list."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from deployer.fleet.model import Preset
from deployer.fleet.shipped import places
from deployer.fleet.spelling import did_you_mean
from deployer.fleet.subjects import in_hub

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.documents import Document
    from deployer.fleet.files import Files
    from deployer.fleet.positions import KeyPath

RULE = "preset"


@dataclass
class Presets:
    """Finds presets by name: the fleet's own, else those that come with the program."""

    files: Files
    _loaded: dict[str, Preset] = field(default_factory=dict)

    def named(self, owner: Document, at: KeyPath, name: object) -> Preset | None:
        """Return the preset that a document lists at a path, when there is one of this name."""
        if not isinstance(name, str):
            return None
        found = self._found
        if name not in found:
            subject, _ = in_hub(owner.data, at)
            message = f"{subject}no such preset: `{name}`; {did_you_mean(name, found)}"
            self.files.problems.append(owner.problem(at, message, RULE))
            return None
        return self._load(name, found[name])

    def check_own(self) -> None:
        """Check the presets of the fleet itself, whether a hub names them or not."""
        for name, path in self._found.items():
            if path.is_relative_to(self.files.root):
                self._load(name, path)

    @cached_property
    def _found(self) -> dict[str, Path]:
        """The file of each preset by name."""
        directories = reversed(places(self.files.root, "presets"))
        found = {path.stem: path for place in directories for path in place.glob("*.yaml")}
        return dict(sorted(found.items()))

    def _load(self, name: str, path: Path) -> Preset:
        if name not in self._loaded:
            self._loaded[name] = _preset(name, self.files.checked(path, "preset"))
        return self._loaded[name]


def _preset(name: str, document: Document) -> Preset:
    description = document.data.get("description")
    return Preset(
        name=name,
        description=description if isinstance(description, str) else "",
        document=document.inside("values"),
        source=document,
    )
