"""`deployer logs`: what a hub, its proxy or a user's server has to say."""

from __future__ import annotations

import click

from deployer.commands.app import App, cluster_argument


@click.command()
@cluster_argument
@click.argument("hub")
@click.argument("what", metavar="[hub|proxy|USER]", default="hub")
@click.option("--follow", "-f", is_flag=True, help="Go on with the lines that come later.")
@click.option("--tail", type=click.IntRange(0), metavar="N", help="Only the last N lines.")
@click.option("--previous", "-p", is_flag=True, help="The log from before the container's last restart.")
@click.pass_obj
def logs(
    app: App, *, cluster: str, hub: str, what: str, follow: bool, tail: int | None, previous: bool
) -> None:
    """Show the log of HUB (the hub, when nothing else is named), of its proxy, or of a USER's server.

    A named server is `USER/SERVER`; the server of a user who is called hub or proxy is `hub/` or `proxy/`.
    """
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.operations import logs as operation
    from deployer.operations.access import connected

    chosen = select_cluster(app.fleet(cluster, (hub,)), cluster)
    (wanted,) = select_hubs(chosen, (hub,))
    with connected(app.session, chosen) as connection:
        source = operation.find(connection.api, wanted.namespace, what)
        for line in operation.lines(
            connection.api,
            source,
            interruption=app.interruption,
            follow=follow,
            tail=tail,
            previous=previous,
        ):
            click.echo(line)
