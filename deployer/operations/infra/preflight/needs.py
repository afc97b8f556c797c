"""What a plan takes, or all that a module may ever take: actions of the cloud, by our tables."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.clouds.asking import Need
from deployer.clouds.permissions import EVERY_KIND, of_data, of_type
from deployer.operations.infra.changes import changes, resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_BLOCK = re.compile(r'^(resource|data) "(\w+)"', re.MULTILINE)
_ENABLES = "google_project_service"
_MAKING = ("create", "replace")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What Terraform will need: `made` counts the resources that it makes, by type.

    `unknown` are types of which we do not know what they take: then nothing here is complete.
    """

    need: Need
    made: Mapping[str, int]
    unknown: tuple[str, ...]


def of_plan(cloud: str, plan: Mapping[str, Any], state: Mapping[str, Any]) -> Taken:
    """Return what carrying out a plan takes; what it leaves alone is read all the same."""
    managed = [each for each in plan.get("resource_changes", ()) if each.get("mode", "managed") == "managed"]
    kinds: dict[str, set[str]] = {each["type"]: {"no-op"} for each in managed}
    found = changes(plan)
    for change in found:
        kinds[change.type].add(change.kind)
    made = Counter(change.type for change in found if change.kind in _MAKING)
    enables = {
        each["change"]["after"]["service"]
        for each in managed
        if each["type"] == _ENABLES and "create" in each["change"]["actions"]
    }
    return _taken(cloud, kinds, _data(plan), state, made, enables)


def of_module(cloud: str, module: Path, state: Mapping[str, Any]) -> Taken:
    """Return what making, changing and taking away all that a module has would take."""
    blocks = [
        block
        for file in sorted(module.glob("*.tf"))
        for block in _BLOCK.findall(file.read_text(encoding="utf-8"))
    ]
    kinds = {name: set(EVERY_KIND) for kind, name in blocks if kind == "resource"}
    return _taken(cloud, kinds, {name for kind, name in blocks if kind == "data"}, state, Counter(), ())


def _data(plan: Mapping[str, Any]) -> set[str]:
    """Return the types that a plan reads, or has read."""
    read = {each["type"] for each in resources(plan.get("prior_state", {})) if each["mode"] == "data"}
    later = {each["type"] for each in plan.get("resource_changes", ()) if each.get("mode") == "data"}
    return read | later


def _taken(
    cloud: str,
    kinds: Mapping[str, Iterable[str]],
    data: Iterable[str],
    state: Mapping[str, Any],
    made: Mapping[str, int],
    enables: Iterable[str],
) -> Taken:
    by_type = {name: of_type(cloud, name, changed) for name, changed in kinds.items()}
    by_data = {f"data.{name}": of_data(cloud, name) for name in data}
    known = {**by_type, **by_data}
    need = Need(
        actions=frozenset(action for found in known.values() for action in found or ()),
        types=frozenset(kinds),
        made=frozenset(name for name, changed in kinds.items() if {*changed} & {*_MAKING}),
        enables=frozenset(enables),
        state=state,
    )
    unknown = sorted(name for name, found in known.items() if found is None)
    return Taken(need=need, made=made, unknown=tuple(unknown))
