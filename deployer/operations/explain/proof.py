"""Proof that rewritten files make no difference: the whole fleet is loaded and merged with them."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.operations.explain.whole import whole_fleet
from deployer.render.provenance import same
from deployer.render.text import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.explain.rewriting import Rewriting
    from deployer.operations.explain.whole import WholeFleet
    from deployer.session import Session


def proven(session: Session, whole: WholeFleet, new: Rewriting) -> int:
    """Return how many hubs get the same values, to the byte, from a copy of the fleet with new files.

    Raises:
        DeployerError: a hub would get others, or none.
    """
    root = whole.fleet.root
    with TemporaryDirectory(prefix="deployer-proof-") as directory:
        copy = Path(directory).resolve()
        for path in _files(whole, root):
            _copy(path, copy / path.relative_to(root))
        for change in new.changes:
            (copy / change.name).write_bytes(change.after)
        (copy / new.name).parent.mkdir(parents=True, exist_ok=True)
        (copy / new.name).write_text(new.text, encoding="utf-8")
        after = {layers.name: layers for layers in whole_fleet(session, copy).hubs}
        for layers in whole.hubs:
            if layers.name not in after or not _same(layers, after[layers.name]):
                raise DeployerError(
                    f"nothing is changed: {layers.name} would get other values from {new.name}",
                    hint="this should not happen: please report it",
                )
    return len(whole.hubs)


def _same(before: HubLayers, after: HubLayers) -> bool:
    one, other = before.release, after.release
    return (
        as_yaml(one.values_for_helm) == as_yaml(other.values_for_helm)
        and same(one.merged.values, other.merged.values)
        and one.host == other.host
    )


def _files(whole: WholeFleet, root: Path) -> Iterator[Path]:
    """Yield the files that make the fleet's hubs: its configuration, its charts, and what lies elsewhere."""
    yield from (root / name for name in ("config", "helm-charts") if (root / name).exists())
    for layers in whole.hubs:
        listed = [file.path for file in layers.hub.values_files]
        override, domain = layers.hub.chart_override, layers.hub.domain_override
        for path in [*listed, *([override] if override else []), *([domain.path] if domain else [])]:
            if path.is_relative_to(root):
                yield path


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    elif not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
