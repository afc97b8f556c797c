"""Hubs that have settings in common, and their files rewritten so that they share them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.operations.explain.sharing import carry_out, sharing
from deployer.operations.explain.whole import whole_fleet
from deployer.render.text import as_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.explain.sharing import Sharing
    from deployer.session import Session

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NUMBERS = dict(zip(WORDS, range(1, 10), strict=True))
LARGE = "jupyterhub: {custom: {" + "".join(f"{word}: {n},\n  " for word, n in NUMBERS.items()) + "OWN}}\n"


def propose(
    session: Session, root: Path, cluster: str | None = "sea", at_least: int | None = None
) -> Sharing:
    return sharing(session, whole_fleet(session, root), cluster, at_least)


def values(session: Session, root: Path) -> dict[str, str]:
    return {each.name: as_yaml(each.release.values_for_helm) for each in whole_fleet(session, root).hubs}


def written(session: Session, root: Path, **more: Any) -> Sharing:
    """Share and write, and see that every hub keeps its values."""
    before = values(session, root)
    found = propose(session, root, **more)
    assert found.new is not None
    carry_out(whole_fleet(session, root), found.new)
    assert values(session, root) == before
    return found


def texts(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((root / "config/clusters/sea").iterdir())}


def hubs_of(*names: str) -> dict[str, str]:
    return {name: f"{name}.values.yaml" for name in names}
