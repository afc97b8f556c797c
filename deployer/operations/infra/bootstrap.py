"""The place for the state, before there is any: versioned, private and encrypted, on each of the clouds."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.operations.infra import workspace
from deployer.operations.infra.changes import changes
from deployer.operations.infra.failures import failures_told
from deployer.operations.infra.opening import get_ready, opened
from deployer.operations.infra.places import place_of
from deployer.progress import step
from deployer.render.state import LOCAL, backend, word
from deployer.tools.process import ProgramFailed

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.session import Session
    from deployer.tools.terraform import Terraform

_ROLE = "azurerm_role_assignment"


def bootstrap(session: Session, root: Path, cluster: Cluster) -> str:
    """Make the place, or see to it that it is as it should be; move a state there that is on this machine.

    Return the place's name.

    Raises:
        DeployerError: the fleet keeps its state somewhere else, or the place is somebody else's.
    """
    place = place_of(cluster)
    source = workspace.module(root, place.module)
    with (
        opened(session, root, cluster, f"{cluster.name}.bootstrap", source, place.variables, LOCAL) as (
            work,
            terraform,
        ),
        failures_told(cluster),
    ):
        get_ready(session, cluster, work, terraform)
        with step(session.progress, cluster.name, f"make {place.name}"):
            if not work.keeps_state_here:
                for address, identity in place.known:
                    _adopt(terraform, address, identity)
            terraform.plan()
            if _adopt_roles(terraform):
                terraform.plan()
            if any(each.kind in ("destroy", "replace") for each in changes(terraform.show())):
                raise DeployerError(f"{place.name} would have to be another one", hint="nothing was done")
            terraform.apply(lambda what, address: session.progress.noted(cluster.name, f"{address}: {what}"))
    _move(session, root, cluster)
    return place.name


def _adopt(terraform: Terraform, address: str, identity: str) -> bool:
    with suppress(ProgramFailed):  # there is none yet
        terraform.import_(address, identity)
        return True
    return False


def _adopt_roles(terraform: Terraform) -> bool:
    """Take in roles that were given already; a plan alone knows their ids. Say whether there were any."""
    found = False
    for change in terraform.show().get("resource_changes", ()):
        wanted = change["change"].get("after") or {}
        if change["type"] == _ROLE and change["change"]["actions"] == ["create"] and "scope" in wanted:
            identity = f"{wanted['scope']}/providers/Microsoft.Authorization/roleAssignments/{wanted['name']}"
            found = _adopt(terraform, change["address"], identity) or found
    return found


def _move(session: Session, root: Path, cluster: Cluster) -> None:
    """Move the state of a cluster into its place when it was kept on this machine so far."""
    source = workspace.module(root, workspace.module_name(cluster))
    # Neither `init` nor `state push` asks for variables.
    with opened(session, root, cluster, cluster.name, source, {}, backend(cluster)) as (work, terraform):
        if work.keeps_state_here:
            # Pushed, not copied with `init -force-copy`, which would replace a state that is there already.
            with work.set_aside() as state:
                get_ready(session, cluster, work, terraform)
                try:
                    terraform.push(state)
                except ProgramFailed as error:
                    error.hint = (
                        f"the {word(work.backend)} may hold another state of {cluster.name}; "
                        f"both are as they were: {work.path}"
                    )
                    raise
