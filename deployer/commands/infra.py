"""`deployer infra`: build and change the clusters themselves, with Terraform."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.app import App, cluster_argument, echo_json, output_option
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from deployer.operations.infra.run import Infrastructure, Plan

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
    with _open(app, cluster) as opened:
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
            _confirm(found, yes=yes)
        written = opened.apply(found) if found.changes else opened.write_outputs()
    if output == "json":
        echo_json({**found.plain(), "outputs": str(written) if written else None, "allowed": list(allowed)})
    if written:
        app.say(f"wrote {written}: commit it")
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


def _open(app: App, cluster: str) -> AbstractContextManager[Infrastructure]:
    from deployer.fleet.load import select_cluster
    from deployer.operations.infra.run import infrastructure

    chosen = select_cluster(app.fleet(cluster), cluster)
    return infrastructure(app.session, app.root, chosen)


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
