"""A new cluster: its cluster.yaml, a kubeconfig file that it needs, and a first hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.editing.drafts import Drafts
from deployer.operations.new import hub as new_hub
from deployer.operations.new.cluster_text import cluster_file
from deployer.operations.new.editor_lines import has_schemas, schema_line
from deployer.operations.new.plan import Plan, present, prove, prove_hub
from deployer.operations.new.proposals import title
from deployer.operations.new.secrets import secret_file, secrets_needed

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.new.answers import NewCluster, NewHub
    from deployer.session import Session


def plan(session: Session, root: Path, cluster: NewCluster) -> Plan:
    """Return what describes a new cluster. Nothing is written.

    Raises:
        DeployerError: a file is there already, or the fleet would not be right.
    """
    fleet, problems = present(session, root)
    directory = fleet.root / "config" / "clusters" / cluster.name

    def drafted(hub: NewHub | None) -> Drafts:
        text = cluster_file(
            cluster,
            title=title(cluster.name),
            schema=schema_line(fleet.root, directory, "cluster"),
            hub_entry=new_hub.entry(hub, 2) if hub else None,
        )
        drafts = Drafts(root=fleet.root).created(directory / "cluster.yaml", text.encode())
        if cluster.kubeconfig:
            drafts = drafts.created(directory / cluster.block["file"], cluster.kubeconfig.read_bytes())
        return new_hub.with_values(drafts, directory, hub, cluster.name) if hub else drafts

    hub = new_hub.startable(session, cluster.hub, drafted, cluster.name) if cluster.hub else None
    drafts = drafted(hub)
    notes = prove(session, drafts, problems)
    session.interruption.check()
    keys = hub.sign_in.secret if hub else ()
    if hub:
        notes += prove_hub(session, drafts, cluster.name, hub.name, complete=not keys)
    needed = secrets_needed(directory / secret_file(hub.name if hub else ""), drafts.root, keys)
    steps = [] if has_schemas(fleet.root) else ["deployer schema --to config/schemas"]
    steps += [*needed.next_steps, f"deployer shell {cluster.name} --pin"]
    steps += new_hub.next_steps(cluster.name, hub) if hub else [f"deployer new hub {cluster.name}"]
    return Plan(changes=drafts.changes, notes=(*notes, *needed.notes), next_steps=tuple(steps))
