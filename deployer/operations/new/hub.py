"""A new hub: its entry in cluster.yaml, and its values file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deployer.fleet.editing.drafts import Drafts
from deployer.fleet.editing.edits import AppendItem
from deployer.fleet.load import select_cluster
from deployer.operations.new import hub_text, values_text
from deployer.operations.new.editor_lines import schema_line
from deployer.operations.new.plan import Plan, lacks_home_server, present, prove, prove_hub
from deployer.operations.new.secrets import secret_file, secrets_needed
from deployer.rules.values.storage import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.operations.new.answers import NewHub
    from deployer.session import Session


def plan(session: Session, root: Path, cluster: str, hub: NewHub) -> Plan:
    """Return what describes a new hub on a cluster that is there. Nothing is written.

    Raises:
        EditRefused: cluster.yaml cannot be edited without changing more than is meant.
        DeployerError: a file is there already, or the fleet would not be right.
    """
    fleet, problems = present(session, root)
    owner = select_cluster(fleet, cluster)

    def drafted(hub: NewHub) -> Drafts:
        item = AppendItem(at=("hubs",), text=entry(hub, offset(owner)))
        drafts = Drafts(root=fleet.root).edited(owner.document.path, [item])
        return with_values(drafts, owner.directory, hub, cluster)

    hub = startable(session, hub, drafted, cluster)
    drafts = drafted(hub)
    notes = prove(session, drafts, problems)
    session.interruption.check()
    keys = hub.sign_in.secret
    notes += prove_hub(session, drafts, cluster, hub.name, complete=not keys)
    needed = secrets_needed(owner.directory / secret_file(hub.name), drafts.root, keys)
    return Plan(
        changes=drafts.changes,
        notes=(*notes, *needed.notes),
        next_steps=(*needed.next_steps, *next_steps(cluster, hub)),
    )


def startable(session: Session, hub: NewHub, drafted: Callable[[NewHub], Drafts], cluster: str) -> NewHub:
    """Return a hub as it can be deployed at once: with homes later, where they wait for an address."""
    if hub.presets and lacks_home_server(session, drafted(hub), cluster, hub.name):
        return replace(hub, homes_later=True)
    return hub


def entry(hub: NewHub, list_offset: int) -> str:
    """Return the entry of a hub as text."""
    return hub_text.entry(
        hub,
        values_file=f"{hub.name}.values.yaml",
        secret_file=secret_file(hub.name) if hub.sign_in.secret else None,
        offset=list_offset,
    )


def with_values(drafts: Drafts, directory: Path, hub: NewHub, cluster: str) -> Drafts:
    """Return drafts with the values file of a hub."""
    text = values_text.values_file(
        hub,
        cluster=cluster,
        schema=schema_line(drafts.root, directory, "values"),
        secret_file=secret_file(hub.name),
    )
    return drafts.created(directory / f"{hub.name}.values.yaml", text.encode())


def next_steps(cluster: str, hub: NewHub) -> tuple[str, ...]:
    """Return what to type when the files of a hub are written."""
    return (
        *steps_to_deploy(cluster, hub.name),
        *(_homes_steps(cluster, hub.name) if hub.homes_later else ()),
    )


def steps_to_deploy(cluster: str, hub: str) -> tuple[str, ...]:
    """Return what to type for a first deploy."""
    return (f"deployer validate {cluster} {hub}", f"deployer deploy {cluster} {hub} --dry-run")


def _homes_steps(cluster: str, hub: str) -> tuple[str, ...]:
    ask = f"kubectl --namespace {hub} get service {SERVICE}"
    return (
        f"after a first deploy, before anybody logs in: deployer shell {cluster} -- {ask}",
        "write its CLUSTER-IP into cluster.yaml, as the comment there says, and deploy again",
    )


def offset(cluster: Cluster) -> int:
    """Return how many columns behind their keys lists stand in a cluster.yaml."""
    marks = cluster.document.marks
    key, item = marks.get(("hubs",)), marks.get(("hubs", 0))
    # A mark of an item is where its content begins, behind the dash.
    return 0 if key and item and item.column - key.column <= len("- ") else 2
