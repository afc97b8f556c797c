"""`deployer generate event-plan`: what an event will take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import echo_json, output_option

if TYPE_CHECKING:
    from deployer.commands.app import App


@click.command("event-plan")
@click.argument("cluster")
@click.argument("hub")
@click.option("--price", type=click.FloatRange(min=0), help="What a node costs in an hour, in any currency.")
@output_option
@click.pass_obj
def event_plan(app: App, *, cluster: str, hub: str, price: float | None, output: str) -> None:
    """Generate a plan of the nodes that HUB on CLUSTER keeps warm, and what they cost.

    It counts the nodes of the feature `warm_nodes`, hour by hour; more come when more people do. Prices are
    between you and your cloud: `--price` says what a node costs in an hour, with all that belongs to it.
    """
    from deployer.fleet.load import load_fleet, select_cluster, select_hubs
    from deployer.operations import event_plan as operation

    chosen = select_cluster(load_fleet(app.root, state=app.session.state), cluster)
    (found,) = select_hubs(chosen, [hub])
    plan = operation.event_plan(chosen, found, price=price)
    if output == "json":
        echo_json(operation.summary(plan))
        return
    for line in operation.lines(plan):
        click.echo(line)
