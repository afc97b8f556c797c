"""`deployer grafana`: what the central Grafana of the fleet knows of its clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import App, cluster_argument, echo_json, hubs_argument, output_option
from deployer.commands.table import echo_table
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.operations.grafana.comparison import Compared

_HEADS = ("CLUSTER", "STATE", "PROMETHEUS")
_NONE = "-"


@click.group
def grafana() -> None:
    """Have the central Grafana show clusters and what was done to them.

    `grafana` in config/org.yaml says where it is, and which encrypted file has a token of a service account;
    DEPLOYER_GRAFANA_TOKEN comes first.
    """


@grafana.command
@cluster_argument
@click.pass_obj
def connect(app: App, cluster: str) -> int:
    """Make the Prometheus of CLUSTER a data source of the central Grafana, or bring ours up to date.

    Address, name and password are those in the values of the cluster's support. Grafana then tries it.
    """
    from deployer.fleet.load import select_cluster
    from deployer.fleet.model import SUPPORT
    from deployer.operations.grafana.data_sources import connect as operation

    fleet = app.fleet(cluster, (SUPPORT,))
    done = operation(app.session, fleet, select_cluster(fleet, cluster))
    click.echo(f"{done.cluster}: {'connected' if done.new else 'brought up to date'}: {done.prometheus}")
    if done.trouble:
        raise DeployerError(
            f"{done.cluster}: {done.grafana} gets no answer from {done.prometheus}: {done.trouble}",
            hint=f"has it been deployed? `deployer deploy {cluster} --support`; then connect again",
        )
    return 0


@grafana.command
@cluster_argument
@click.pass_obj
def disconnect(app: App, cluster: str) -> None:
    """Remove the data source that `connect` made for CLUSTER, which may be gone from the fleet."""
    from deployer.fleet.load import load, select_cluster
    from deployer.operations.grafana.data_sources import disconnect as operation

    # A fleet with errors will do: nothing but config/org.yaml counts.
    fleet, _ = load(app.root, state=app.session.state)
    removed = operation(app.session, fleet, cluster)
    if not removed:
        select_cluster(fleet, cluster)  # there has to be one
    click.echo(f"{cluster}: {'disconnected' if removed else 'was not connected'}")


@grafana.command("list")
@output_option
@click.pass_obj
def list_(app: App, output: str) -> None:
    """Compare the fleet with the central Grafana: what is connected, and what should or should not be.

    As text it is a line per cluster with the columns cluster, state and where its Prometheus is.
    """
    from deployer.operations.grafana.comparison import CONNECT, DISCONNECT, compare

    found = compare(app.session, app.fleet())
    if output == "json":
        echo_json(found.plain())
        return
    _show(app, found.clusters)
    for each in found.clusters:
        if each.reason:
            app.say(f"{each.cluster}: {each.reason}")
    for action in (CONNECT, DISCONNECT):
        names = [each.cluster for each in found.clusters if each.action == action]
        if names:
            app.hint(f"`deployer grafana {action} CLUSTER`: {', '.join(names)}")


@grafana.command
@cluster_argument
@hubs_argument
@click.option("--text", required=True, help="What people read when they point at it.")
@click.option(
    "--tag",
    "tags",
    multiple=True,
    default=("deploy",),
    show_default=True,
    help="A tag beside those of cluster and hubs; may be repeated.",
)
@click.pass_obj
def annotate(app: App, *, cluster: str, hub: tuple[str, ...], text: str, tags: tuple[str, ...]) -> None:
    """Write into the graphs of the central Grafana that something was done to CLUSTER, or to HUBs of it.

    Deploys do so by themselves. The annotation has the tags `cluster:CLUSTER` and `hub:HUB`.
    """
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.operations.grafana.annotations import annotate as operation

    fleet = app.fleet(cluster, hub)
    chosen = select_cluster(fleet, cluster)
    names = [each.name for each in select_hubs(chosen, hub)] if hub else []
    operation(app.session, fleet, cluster, names, text=text, tags=tags)
    app.say(f"{cluster}: written")


def _show(app: App, compared: Sequence[Compared]) -> None:
    rows = [(each.cluster, each.state, each.prometheus or each.registered or _NONE) for each in compared]
    echo_table(_HEADS, rows, quiet=app.verbosity < 0)
