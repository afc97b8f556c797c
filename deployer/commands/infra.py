"""`deployer infra`: build and change the clusters themselves, with Terraform."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.app import App, cluster_argument, complete_cluster, echo_json, output_option
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from contextlib import AbstractContextManager

    from deployer.operations.infra.run import Infrastructure, Plan
    from deployer.operations.infra.versions import ClusterVersion

_VERBS = {
    "create": "create",
    "update": "change",
    "replace": "replace",
    "destroy": "destroy",
    "forget": "forget",
}

_allow_destroy: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--allow-destroy",
    "allowed",
    multiple=True,
    metavar="ADDRESS",
    help="Allow that the plan takes away what is protected at this address, exactly; may be repeated.",
)


@click.group
def infra() -> None:
    """Plan and build clusters: networks, node pools, storage, identities."""


@infra.command
@cluster_argument
@_allow_destroy
@click.option("--diff", "only_diff", is_flag=True, help="End with 3 if anything would change.")
@output_option
@click.pass_obj
def plan(app: App, cluster: str, allowed: tuple[str, ...], output: str, *, only_diff: bool) -> int:
    """Show what `apply` would do to CLUSTER. Nothing changes.

    Ends with 3 if the plan takes away what is protected: homes, buckets, databases, the cluster itself.
    """
    with _open(app, cluster, plan_only=True) as opened:
        found = opened.plan(allowed=allowed)
    if output == "json":
        echo_json(found.plain())
    else:
        _show(found)
    if found.stopped:
        from deployer.operations.infra.run import ProtectedChanges

        raise ProtectedChanges(found.cluster, found.stopped)
    return 3 if only_diff and found.changes else 0


@infra.command
@cluster_argument
@_allow_destroy
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_option
@click.pass_obj
def apply(app: App, cluster: str, allowed: tuple[str, ...], output: str, *, yes: bool) -> int:
    """Build or change the infrastructure of CLUSTER, and write outputs.yaml beside its cluster.yaml.

    What would be done is shown first. Nothing that is protected goes unless you allow it by its address.
    """
    with _open(app, cluster) as opened:
        found = opened.plan(allowed=allowed)
        _show(found, err=output == "json")
        if found.changes:
            if found.stopped and output == "json":
                echo_json({**found.plain(), "outputs": None, "allowed": list(allowed)})
            _confirm(found, yes=yes)
        written = opened.apply(found) if found.changes else opened.write_outputs()
    if output == "json":
        echo_json({**found.plain(), "outputs": str(written) if written else None, "allowed": list(allowed)})
    if written:
        app.say(f"wrote {written}: commit it")
    return 0


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
    from deployer.operations.infra import destroy as operation

    kinds = _kinds(keep, known=operation.KEPT)
    with _open(app, cluster) as opened:
        planned = operation.plan(opened, kinds)
        for address in planned.gone:
            click.echo(f"destroy  {address}", err=output == "json")
        for kept in planned.kept:
            click.echo(f"keep     {kept.address}", err=output == "json")
        for change in planned.data:
            if change.protection:
                app.say(f"warning: {change.address} goes, and with it {change.protection.lost}")
        if not planned.gone:
            app.say(f"{cluster}: nothing is left of it")
        else:
            _confirm_name(cluster, typed)
            # Before, since it may fail halfway: the state knows nothing of what stays by then.
            for kept in planned.kept:
                app.say(f"to adopt it again: {kept.adopt(cluster)}")
            operation.carry_out(opened, planned)
    if output == "json":
        echo_json(planned.plain())
    return 0


@infra.command("import")
@cluster_argument
@click.argument("address")
@click.argument("identity", metavar="ID")
@click.pass_obj
def import_(app: App, cluster: str, address: str, identity: str) -> int:
    """Take a resource that exists into the state of CLUSTER: the one with this ID at ADDRESS."""
    with _open(app, cluster) as opened:
        opened.terraform.import_(address, identity)
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
        remove(opened.terraform, lock, owner)
    app.say(f"the state of {cluster} is free")
    return 0


@infra.command
@cluster_argument
@click.pass_obj
def bootstrap(app: App, cluster: str) -> int:
    """Make the bucket that keeps the state of CLUSTER, as config/org.yaml says under `state`.

    It may be there already: what it lacks is mended. A state on this machine moves there.
    """
    from deployer.fleet.load import select_cluster
    from deployer.operations.infra.bootstrap import bootstrap as make

    click.echo(make(app.session, app.root, select_cluster(app.fleet(cluster), cluster)))
    return 0


@infra.command
@cluster_argument
@click.pass_obj
def output(app: App, cluster: str) -> int:
    """Write outputs.yaml of CLUSTER from its state, and print it."""
    with _open(app, cluster) as opened:
        written = opened.write_outputs()
    from deployer.operations.infra.outputs import NAME

    path = opened.cluster.directory / NAME
    click.echo(path.read_text(encoding="utf-8"), nl=False)
    app.say(f"wrote {path}: commit it" if written else f"{path} says that already")
    return 0


@infra.command
@click.argument("cluster", nargs=-1, shell_complete=complete_cluster)
@click.option(
    "--within",
    type=click.IntRange(min=0),
    default=60,
    show_default=True,
    metavar="DAYS",
    help="Warn of support that ends within so many days.",
)
@output_option
@click.pass_obj
def versions(app: App, cluster: tuple[str, ...], within: int, output: str) -> int:
    """Show which Kubernetes each CLUSTER has, or all of them, and until when its cloud supports that.

    Only files are read: outputs.yaml, `infrastructure`, cluster.yaml, config/org.yaml; the first that says
    a version counts. As text it is a line per cluster with the columns cluster, provider, version, where that
    is said, the ends of standard and of extended support; `-` stands for what is not known.
    """
    from deployer.operations.infra.versions import versions as look

    found = look(app.fleet(), cluster, app.session.clock().date(), within=within)
    if output == "json":
        echo_json({"clusters": [each.plain() for each in found]})
    else:
        _show_versions(app, found)
    for each in found:
        for warning in each.warnings():
            app.say(f"warning: {warning}")
    return 0


def _show_versions(app: App, found: Iterable[ClusterVersion]) -> None:
    rows = [
        (
            each.cluster,
            each.provider or "-",
            each.version or "-",
            each.said[0].where if each.said else "-",
            str(each.support.standard if each.support else "-"),
            str((each.support and each.support.extended) or "-"),
        )
        for each in found
    ]
    heads = ("CLUSTER", "PROVIDER", "VERSION", "SAID-BY", "STANDARD", "EXTENDED")
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for number, row in enumerate((heads, *rows)):
        line = "  ".join(f"{value:<{width}}" for value, width in zip(row, widths, strict=True)).rstrip()
        click.echo(line, err=number == 0)


def _open(app: App, cluster: str, *, plan_only: bool = False) -> AbstractContextManager[Infrastructure]:
    from deployer.fleet.load import select_cluster
    from deployer.operations.infra.run import infrastructure

    chosen = select_cluster(app.fleet(cluster), cluster)
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


def _confirm_name(cluster: str, typed: str | None) -> None:
    if typed is None and not sys.stdin.isatty():
        raise DeployerError(
            "nobody is there to ask for the cluster's name",
            hint=f"say `--confirm {cluster}`; nothing was done",
        )
    if (typed or click.prompt("type the cluster's name to go on", err=True)) != cluster:
        raise DeployerError("that is another name", hint="nothing was done")


def _show(found: Plan, *, err: bool = False) -> None:
    for kind, verb in _VERBS.items():
        for change in found.changes:
            if change.kind == kind:
                click.echo(f"{verb:<8} {change}", err=err)
    counted = [
        f"{sum(change.kind == kind for change in found.changes)} to {verb}"
        for kind, verb in _VERBS.items()
        if any(change.kind == kind for change in found.changes)
    ]
    click.echo(f"{found.cluster}: {', '.join(counted) or 'nothing to do'}", err=True)


def _confirm(found: Plan, *, yes: bool) -> None:
    from deployer.operations.infra.run import ProtectedChanges

    if found.stopped:
        raise ProtectedChanges(found.cluster, found.stopped)
    if yes:
        return
    if not sys.stdin.isatty():
        raise DeployerError("nobody is there to ask whether to go on", hint="say `--yes`; nothing was done")
    click.confirm(f"do this to {found.cluster}?", abort=True, err=True)
