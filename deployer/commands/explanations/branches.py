"""Values of one layer as a tree: keys that are alone share a line, and each line has its number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deployer.fleet.keypath import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.commands.explanations.page import Page
    from deployer.fleet.positions import KeyPath
    from deployer.render.provenance import Origin

Part = str | tuple[str, str]


@dataclass
class _Branch:
    below: dict[str | int, _Branch] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()


def branches(
    page: Page, origin: Origin, values: Iterable[tuple[KeyPath, tuple[Part, ...]]], *, above: int = 0
) -> None:
    """Write paths of a layer as a tree, in the order of their lines, each with what is said of it.

    The first `above` steps, which all have in common, are left out.
    """
    root = _Branch()
    start: KeyPath = ()
    for at, parts in sorted(values, key=lambda each: origin.line(each[0]) or 0):
        branch, start = root, at[:above]
        for key in at[above:]:
            branch = branch.below.setdefault(key, _Branch())
        branch.parts = parts
    _write(page, origin, root, start, 0)


def place(origin: Origin, line: int | None) -> str:
    """Return where a layer says something: `config/clusters/us-east/research.values.yaml:12`."""
    if origin.kind == "feature":
        return f"{origin.name}, {origin.about}"
    if origin.kind == "computed":
        return f"computed by `{origin.function}`"
    position = f":{line}" if line else ""
    if origin.kind == "package":
        return f"{origin.name}, {origin.file}{position}" if origin.file else origin.name
    whose = "deployer's " if origin.shipped else ""
    return f"{whose}{origin.file or origin.name}{position}"


def _write(page: Page, origin: Origin, branch: _Branch, at: KeyPath, depth: int) -> None:
    for key, below in branch.below.items():
        path, end = (*at, key), below
        while not end.parts and len(end.below) == 1:
            only, end = next(iter(end.below.items()))
            path = (*path, only)
        _line(page, origin, path, len(at), depth, end.parts)
        _write(page, origin, end, path, depth + 1)


def _line(page: Page, origin: Origin, at: KeyPath, above: int, depth: int, parts: tuple[Part, ...]) -> None:
    number = origin.line(at)
    gutter = f"{number or '':>{3 if page.narrow else 4}} "
    name = shown(at[above:])
    page.line(
        (gutter, "dim"),
        " " * (page.step * depth),
        (name, "" if parts else "cyan"),
        *((": ", *parts) if parts else ()),
        hang=len(gutter) + page.step * (depth + 1),
    )
