"""What hubs have in common, and how they could share it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.editing.writing import write
from deployer.fleet.keypath import shown
from deployer.fleet.load import select_cluster
from deployer.operations.explain.plain_data import readable
from deployer.operations.explain.proof import proven
from deployer.operations.explain.proposal import Proposal, proposal
from deployer.operations.explain.rewriting import Rewriting, Untouchable, rewriting
from deployer.operations.explain.statements import Statements, common

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.explain.statements import Target
    from deployer.operations.explain.whole import WholeFleet
    from deployer.session import Session


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """How much hubs have in common, and what they could share, if anything.

    `shares` has for each hub how many settings its files give it, and how many of them at least `at_least`
    hubs have. `same` is how many hubs of the fleet were proven to get the same values.
    """

    cluster: str | None
    target: Target
    at_least: int
    shares: dict[HubLayers, tuple[int, int]]
    found: Proposal | None = None
    new: Rewriting | None = None
    same: int = 0
    untouchable: tuple[str, ...] = ()

    def summary(self, *, written: bool = False) -> dict[str, Any]:
        """Return it as plain data (explain-common.schema.json)."""
        return {
            "cluster": self.cluster,
            "at_least": self.at_least,
            "hubs": [
                {"cluster": each.cluster.name, "hub": each.hub.name, "settings": settings, "common": shared}
                for each, (settings, shared) in self.shares.items()
            ],
            "proposal": _proposal(self.found, self.new, self.target) if self.found and self.new else None,
            "proven": self.same,
            "written": written and self.new is not None,
        }


def sharing(session: Session, whole: WholeFleet, cluster: str | None, at_least: int | None) -> Sharing:
    """Return what the hubs of a cluster, or of the fleet, have in common, and the best proposal.

    Hubs of a cluster share a values file, those of a fleet a preset. With no `at_least`, a setting is common
    that half of the hubs have.
    """
    if cluster is not None:
        select_cluster(whole.fleet, cluster)
    hubs = tuple(each for each in whole.hubs if cluster in (None, each.cluster.name))
    enough = at_least or max(2, math.ceil(len(hubs) / 2))
    target: Target = "preset" if cluster is None else "values file"
    shares = common(hubs, enough)
    untouchable: dict[Path, str] = {}
    while True:
        statements = Statements(
            whole=whole, hubs=hubs, target=target, at_least=enough, untouchable=frozenset(untouchable)
        )
        found = proposal(statements)
        try:
            new = rewriting(whole.fleet.root, found, target) if found else None
        except Untouchable as error:
            if error.path in untouchable:
                raise DeployerError(error.reason) from error
            untouchable[error.path] = error.reason
            continue
        if new and new.lines <= 0:
            found = new = None
        return Sharing(
            cluster=cluster,
            target=target,
            at_least=enough,
            shares=shares,
            found=found,
            new=new,
            same=proven(session, whole, new) if new else 0,
            untouchable=tuple(untouchable.values()),
        )


def carry_out(whole: WholeFleet, new: Rewriting) -> None:
    """Write the files of a proposal, all or none.

    Raises:
        DeployerError: one cannot be written, or has changed meanwhile, or the fleet has errors, so that not
            everything is known of it. All files are as they were.
    """
    if whole.errors or whole.left_out:
        raise DeployerError(
            "nothing is changed: the fleet has errors, so not every hub could be tried",
            hint="run `deployer validate`, and correct them first",
        )
    new.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with new.path.open("x", encoding="utf-8") as file:
            file.write(new.text)
    except OSError as error:
        raise DeployerError(f"nothing is changed: {new.name} cannot be written: {error.strerror}") from error
    try:
        write(new.changes)
    except BaseException:
        # Nothing lists it.
        new.path.unlink()
        raise


def _proposal(found: Proposal, new: Rewriting, target: Target) -> dict[str, Any]:
    return {
        "kind": target,
        "file": new.name,
        "text": new.text,
        "hubs": [{"cluster": each.cluster.name, "hub": each.hub.name} for each in found.hubs],
        "settings": [{"path": shown(each.at), "value": readable(each.value)} for each in found.settings],
        "changed": [change.name for change in new.changes],
        "emptied": list(new.emptied),
        "settings_saved": found.saved,
        "lines_saved": new.lines,
    }
