"""`deployer shell`: a shell or one command with a cluster's credentials, and nobody else's."""

from __future__ import annotations

import click

from deployer.commands.app import App, cluster_argument


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--pin", is_flag=True, help="Write the cluster's uid into its cluster.yaml, and stop.")
@cluster_argument
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def shell(app: App, *, cluster: str, pin: bool, command: tuple[str, ...]) -> int:
    """Open a shell, or run COMMAND, with access to CLUSTER.

    The credentials live in a private directory that is gone when the shell ends; your own kubeconfig is
    neither read nor changed. Example: `deployer shell local -- kubectl get pods --all-namespaces`.
    """
    from deployer.fleet.load import select_cluster
    from deployer.operations import shell as operation

    chosen = select_cluster(app.fleet(cluster), cluster)
    if pin:
        app.say(operation.pin(app.session, chosen))
        return 0
    if command[:1] == ("--",):
        command = command[1:]
    if not command:
        app.say(f"a shell with access to {chosen.name}; leave it with `exit`")
    return operation.run(app.session, chosen, command)
