"""`deployer infra`: build and change the clusters themselves, with Terraform."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from deployer.commands.app import App, cluster_argument, echo_json, output_option
from deployer.commands.infra.clusters import apply, plan, refresh
from deployer.commands.infra.locks import locks
from deployer.commands.infra.preflight import leftovers_told, preflight
from deployer.commands.infra.upgrade import upgrade
from deployer.commands.infra.versions import versions
from deployer.commands.terminal import Terminal
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractContextManager

    from deployer.operations.infra.run import Infrastructure


@click.group
def infra() -> None:
    """Plan and build clusters: networks, node pools, storage, identities."""


for _command in (preflight, plan, apply, refresh, locks, upgrade, versions):
    infra.add_command(_command)


@infra.command
@cluster_argument
@click.option(
    "--keep",
    default="homes,buckets,databases",
    show_default=True,
    metavar="KINDS",
    help="The data that stays, separated by commas; `none` lets all go.",
)
@click.option("--confirm", "typed", metavar="NAME", help="The cluster's name, instead of being asked for it.")
@output_option
@click.pass_obj
def destroy(app: App, cluster: str, keep: str, typed: str | None, output: str) -> int:
    """Take CLUSTER away. Homes, buckets and databases stay, unless you say otherwise.

    What stays is no longer in the state; the commands that adopt it again are printed. You are asked for the
    cluster's name.
    """
    from deployer.clouds.resources import KEPT
    from deployer.operations.infra import destroy as operation

    kinds = _kinds(keep, known=KEPT)
    with _open(app, cluster) as opened:
        planned = operation.plan(opened, kinds)
        for address in planned.gone:
            click.echo(f"destroy  {address}", err=output == "json")
        for kept in planned.kept:
            click.echo(f"keep     {kept.address}", err=output == "json")
        for change in planned.data:
            if change.protection:
                app.say(f"warning: {change.address} goes, and with it {change.protection.lost}")
        if planned.belt:
            app.say(f"deletion protection is switched off first: {', '.join(planned.belt.addresses)}")
        if not planned.gone:
            with leftovers_told(app, opened, ()) as left:
                app.say(f"{cluster}: nothing is left of it")
        else:
            _confirm_name(app, cluster, typed)
            # Before, since it may fail halfway: the state knows nothing of what stays by then.
            for kept in planned.kept:
                app.say(f"to adopt it again: {kept.adopt(cluster)}")
            with leftovers_told(app, opened, [each.identity for each in planned.kept]) as left:
                operation.carry_out(opened, planned)
    if output == "json":
        echo_json({**planned.plain(), "leftovers": [each.plain() for each in left]})
    return 0


@infra.command("import")
@cluster_argument
@click.argument("address")
@click.argument("identity", metavar="ID")
@click.pass_obj
def import_(app: App, cluster: str, address: str, identity: str) -> int:
    """Take a resource that exists into the state of CLUSTER: the one with this ID at ADDRESS."""
    for word in (address, identity):
        if word.startswith("-"):  # Terraform would take it for an option, and do something else
            raise click.UsageError(f"neither an address nor an id: {word}")
    with _open(app, cluster) as opened:
        opened.adopt(address, identity)
    app.say(f"{address} is in the state of {cluster}; `deployer infra plan {cluster}` shows what differs")
    return 0


@infra.command
@cluster_argument
@click.argument("lock")
@click.option("--owner", required=True, help="Who holds it, as the message about the lock says.")
@click.pass_obj
def unlock(app: App, cluster: str, lock: str, owner: str) -> int:
    """Remove LOCK, the id of a lock on the state of CLUSTER that a dead run left.

    The owner's name is asked for, since a lock that is held by a living run must stay.
    """
    from deployer.operations.infra.locks import unlock as remove

    with _open(app, cluster, plan_only=True) as opened:
        remove(opened.terraform, lock, owner, now=app.session.clock())
    app.say(f"the state of {cluster} is free")
    return 0


@infra.command
@cluster_argument
@click.pass_obj
def bootstrap(app: App, cluster: str) -> int:
    """Make the bucket that keeps the state of CLUSTER, as config/org.yaml says under `state`.

    It may be there already: what it lacks is mended. A state on this machine moves there.
    """
    from deployer.operations.infra.bootstrap import bootstrap as make
    from deployer.operations.infra.several import loaded

    click.echo(make(app.session, app.root, loaded(app.session, app.root, cluster)))
    return 0


@infra.command("output")
@cluster_argument
@output_option
@click.pass_obj
def output_(app: App, cluster: str, output: str) -> int:
    """Write outputs.yaml of CLUSTER from its state, and print it."""
    import yaml

    from deployer.operations.infra.outputs import NAME

    with _open(app, cluster) as opened:
        written = opened.write_outputs()
    path = opened.cluster.directory / NAME
    text = path.read_text(encoding="utf-8")
    if output == "json":
        outputs = str(written) if written else None
        echo_json({"cluster": cluster, "told": yaml.safe_load(text), "outputs": outputs})
    else:
        click.echo(text, nl=False)
    app.say(f"wrote {path}: commit it" if written else f"{path} says that already")
    return 0


def _open(app: App, cluster: str, *, plan_only: bool = False) -> AbstractContextManager[Infrastructure]:
    from deployer.operations.infra.run import infrastructure
    from deployer.operations.infra.several import loaded

    chosen = loaded(app.session, app.root, cluster)
    return infrastructure(app.session, app.root, chosen, plan_only=plan_only)


def _kinds(said: str, *, known: Collection[str]) -> list[str]:
    if said == "none":
        return []
    kinds = [kind.strip() for kind in said.split(",")]
    for kind in kinds:
        if kind not in known:
            raise click.UsageError(
                f"`--keep`: no such kind of data: {kind}; there are {', '.join(known)}, none"
            )
    return kinds


def _confirm_name(app: App, cluster: str, typed: str | None) -> None:
    if typed is None and not sys.stdin.isatty():
        raise DeployerError(
            "nobody is there to ask for the cluster's name",
            hint=f"say `--confirm {cluster}`; nothing was done",
        )
    if typed is None:
        typed = Terminal(interruption=app.interruption).typed("type the cluster's name to go on")
    if typed != cluster:
        raise DeployerError("that is another name", hint="nothing was done")
