"""Presets: named use cases that hubs list."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from deployer.fleet.files import Files
from deployer.fleet.model import Preset
from deployer.fleet.shipped import places
from deployer.fleet.spelling import did_you_mean
from deployer.fleet.subjects import in_hub

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.documents import Document
    from deployer.fleet.model import Hub
    from deployer.fleet.positions import KeyPath

RULE = "preset"


@dataclass
class Presets:
    """Finds presets by name: the fleet's own, else those that come with the program."""

    files: Files
    _loaded: dict[str, tuple[Preset, ...]] = field(default_factory=dict)

    def named(self, owner: Document, at: KeyPath, name: object) -> tuple[Preset, ...]:
        """Return the preset that a document lists at a path, after those that it extends.

        There is nothing to return when there is none of this name.
        """
        return self._named(owner, at, name, ())

    def _named(self, owner: Document, at: KeyPath, name: object, way: tuple[str, ...]) -> tuple[Preset, ...]:
        if not isinstance(name, str):
            return ()
        found = self._found
        if name not in found:
            subject, _ = in_hub(owner.data, at)
            message = f"{subject}no such preset: `{name}`; {did_you_mean(name, found)}"
            self.files.problems.append(owner.problem(at, message, RULE))
            return ()
        if name in way:
            circle = " extends ".join(f"`{each}`" for each in (*way[way.index(name) :], name))
            self.files.problems.append(owner.problem(at, f"presets extend each other: {circle}", RULE))
            return ()
        return self._load(name, found[name], way)

    def check_own(self) -> None:
        """Check the presets of the fleet itself, whether a hub names them or not."""
        for name, path in self._found.items():
            if path.is_relative_to(self.files.root):
                self._load(name, path)

    def all(self) -> dict[str, Preset]:
        """Return every preset that hubs can list, by name."""
        return {name: self._load(name, path)[-1] for name, path in self._found.items()}

    @cached_property
    def _found(self) -> dict[str, Path]:
        """The file of each preset by name."""
        directories = reversed(places(self.files.root, "presets"))
        found = {path.stem: path for place in directories for path in place.glob("*.yaml")}
        return dict(sorted(found.items()))

    def _load(self, name: str, path: Path, way: tuple[str, ...] = ()) -> tuple[Preset, ...]:
        if name not in self._loaded:
            document = self.files.checked(path, "preset")
            listed = document.data.get("extends")
            below = [
                preset
                for index, each in enumerate(listed if isinstance(listed, list) else ())
                for preset in self._named(document, ("extends", index), each, (*way, name))
            ]
            bases = {preset.name: preset for preset in below}
            self._loaded[name] = (*bases.values(), _preset(name, document, tuple(bases)))
        return self._loaded[name]


def descriptions(root: Path) -> dict[str, str]:
    """Return what each preset is for that hubs of a fleet can list, by name."""
    found = Presets(Files(root)).all()
    return {name: preset.description for name, preset in found.items()}


def listed(hub: Hub, preset: Preset) -> tuple[KeyPath, str]:
    """Return where a hub lists a preset, and what it is called there: with which preset extends it, if so.

    `daskhub` lists one with its chart.
    """
    found = hub.document.value((*hub.at, "presets"))
    names = found if isinstance(found, list) else []
    if preset.name in names:
        return (*hub.at, "presets", names.index(preset.name)), f"`{preset.name}`"
    for each in hub.presets:
        if each.name in names and preset.name in each.extends:
            said = f"`{preset.name}`, which `{each.name}` extends"
            return (*hub.at, "presets", names.index(each.name)), said
    return (*hub.at, "helm_chart"), f"`{preset.name}`"


def _preset(name: str, document: Document, extends: tuple[str, ...]) -> Preset:
    description = document.data.get("description")
    return Preset(
        name=name,
        description=description if isinstance(description, str) else "",
        document=document.inside("values"),
        source=document,
        extends=extends,
    )
