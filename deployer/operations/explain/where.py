"""One file: which hubs it reaches, and what its keys do there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.documents import examine
from deployer.fleet.keypath import shown
from deployer.fleet.reach import reached
from deployer.operations.explain.effects import Effect, effects
from deployer.operations.explain.plain_data import layer, readable
from deployer.render.provenance import Origin, leaves_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.fleet.model import Fleet
    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.explain.whole import WholeFleet


@dataclass(frozen=True, kw_only=True)
class Idle:
    """A key without effect in some hubs, for one reason. `keys` are how many there are at or below `at`."""

    at: KeyPath
    line: int | None
    effect: Effect
    keys: int
    hubs: tuple[str, ...]
    everywhere: bool

    def summary(self) -> dict[str, Any]:
        """Return it as plain data."""
        by = self.effect.by
        return {
            "path": shown(self.at),
            "line": self.line,
            "keys": self.keys,
            "value": readable(self.effect.value) if self.at == self.effect.key else None,
            "reason": self.effect.reason,
            "by": {**layer(by[0], by[1]), "path": shown(by[1]), "value": readable(by[2])} if by else None,
            "hubs": list(self.hubs),
            "everywhere": self.everywhere,
        }


@dataclass(frozen=True, kw_only=True)
class FileExplanation:
    """A file, the hubs that it reaches by cluster, and its keys that have no effect in some or all of them.

    `keys` is how many keys it has, when it is a layer of values; `nowhere` and `partly` how many of them
    count in no hub, or not in all. `note` says what it is if it reaches none.
    """

    file: str
    hubs: dict[str, tuple[str, ...]]
    keys: int
    nowhere: int
    partly: int
    idle: tuple[Idle, ...] = field(repr=False)
    note: str = ""

    def summary(self) -> dict[str, Any]:
        """Return the explanation as plain data (explain-file.schema.json)."""
        return {
            "file": self.file,
            "hubs": [{"cluster": name, "hub": hub} for name, hubs in self.hubs.items() for hub in hubs],
            "keys": self.keys,
            "counting_nowhere": self.nowhere,
            "counting_partly": self.partly,
            "without_effect": [each.summary() for each in self.idle],
            "note": self.note or None,
        }


def explain_file(whole: WholeFleet, file: Path) -> FileExplanation:
    """Return which hubs a file reaches, and what its keys do there.

    Raises:
        DeployerError: there is no such file, and none of the fleet lists one of this name.
    """
    hubs: dict[str, tuple[str, ...]] = {}
    for each in reached(whole.fleet, [file]):
        hubs[each.cluster.name] = (*hubs.get(each.cluster.name, ()), each.hub.name)
    if not hubs and not file.exists():
        raise DeployerError(f"no such file: {file}", hint="give its path from the fleet's root, or from here")
    root = whole.fleet.root
    name = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
    found = [(layers, origin) for layers in whole.hubs for origin in layers.origins if _is(origin, file)]
    done = [
        each
        for layers, origin in found
        for each in (*_effects(whole, layers, origin), *_outside(layers, origin))
    ]
    counting = {origin.in_file(each.key) for origin, each in done if not each.reason}
    idle = {origin.in_file(each.key) for origin, each in done if each.reason}
    return FileExplanation(
        file=name,
        hubs=hubs,
        keys=len(counting | idle),
        nowhere=len(idle - counting),
        partly=len(idle & counting),
        idle=tuple(_idle(done, len(found))),
        note="" if hubs else _note(whole.fleet, file),
    )


def _is(origin: Origin, file: Path) -> bool:
    if origin.document is None:
        return False
    path = origin.document.path
    return path == file or (path.name == file.name and path.exists() and path.samefile(file))


def _effects(whole: WholeFleet, layers: HubLayers, origin: Origin) -> Iterator[tuple[Origin, Effect]]:
    repeating = {each.at: each for each in whole.repeats[layers] if each.origin is origin}
    yield from ((origin, each) for each in effects(layers, origin, repeating))


def _outside(layers: HubLayers, origin: Origin) -> Iterator[tuple[Origin, Effect]]:
    """Yield the keys beside the one under which the hub's chart looks for its values."""
    if origin.kind not in ("file", "encrypted file") or not origin.place or origin.document is None:
        return
    document, _ = examine(origin.document.path, root=layers.cluster.directory)
    beside = Origin(kind=origin.kind, name=origin.name, values={}, document=document)
    for key, value in document.data.items():
        if key != origin.place[0]:
            for below, leaf in leaves_of(value):
                at = (key, *below)
                yield beside, Effect(layers=layers, key=at, value=leaf, reason="outside", at=(key,))


def _idle(done: list[tuple[Origin, Effect]], hubs: int) -> Iterator[Idle]:
    """Yield what has no effect, in the order of the lines: together what has it for one reason."""
    groups: dict[tuple[Any, ...], list[tuple[Origin, Effect]]] = defaultdict(list)
    for origin, effect in done:
        if effect.reason:
            by = (effect.by[0].name, effect.by[0].file, effect.by[1]) if effect.by else None
            groups[(origin.in_file(effect.at), effect.reason, by)].append((origin, effect))
    first = {at: place for place, (at, *_) in reversed([*enumerate(groups)])}
    lines = {at: each[0][0].line(each[0][1].at) or 0 for (at, *_), each in groups.items()}
    for key in sorted(groups, key=lambda key: (lines[key[0]], first[key[0]])):
        group = groups[key]
        origin, effect = group[0]
        names = tuple(dict.fromkeys(each.layers.name for _, each in group))
        yield Idle(
            at=effect.at,
            line=origin.line(effect.at),
            effect=effect,
            keys=len({each.key for _, each in group}),
            hubs=names,
            everywhere=len(names) == hubs,
        )


def _note(fleet: Fleet, file: Path) -> str:
    for cluster in fleet.clusters:
        listed = cluster.document.value(("support", "helm_chart_values_files"))
        names = listed if isinstance(listed, list) else []
        if file in [cluster.directory / name for name in names if isinstance(name, str)]:
            return f"it is for the support chart of the cluster {cluster.name}"
    return "no hub uses it: list it under `helm_chart_values_files` of one, or remove it"
