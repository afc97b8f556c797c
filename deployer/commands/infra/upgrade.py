"""`deployer infra upgrade`: another version of Kubernetes, in steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.app import App, cluster_argument, echo_json, output_option, override_freeze_option
from deployer.commands.terminal import agreed
from deployer.errors import Interrupted

if TYPE_CHECKING:
    from deployer.operations.infra.upgrade.run import Upgrade

_VERSION = re.compile(r"1\.[0-9]{1,3}")


def _minor_version(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
    if value is not None and not _VERSION.fullmatch(value):
        raise click.BadParameter("a minor version such as 1.34")
    return value


@click.command()
@cluster_argument
@click.option(
    "--to",
    metavar="VERSION",
    callback=_minor_version,
    help="The minor version, such as 1.34; else the one in cluster.yaml.",
)
@click.option("--dry-run", is_flag=True, help="Show the steps; change nothing.")
@click.option("--step", "only_next", is_flag=True, help="Take the next step only.")
@click.option(
    "--drain-hours",
    "hours",
    type=click.IntRange(0, 720),
    default=24,
    show_default=True,
    help="How long people may stay on old nodes; 0: not at all.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@override_freeze_option
@output_option
@click.pass_obj
def upgrade(
    app: App,
    *,
    cluster: str,
    to: str | None,
    dry_run: bool,
    only_next: bool,
    hours: int,
    yes: bool,
    override_freeze: bool,
    output: str,
) -> int:
    """Bring CLUSTER to another version of Kubernetes: its control plane, add-ons and nodes, step by step.

    The steps are shown first. The version is written into cluster.yaml before the first one. Old nodes of
    users take nobody new, and go when nobody is on them any more; until then you may stop, and go on later
    with the same command. In a window that cluster.yaml calls `freeze`, of the cluster or of one of its hubs,
    only --dry-run works unless --override-freeze is said.
    """
    from deployer.operations.freezes import heed_freeze
    from deployer.operations.infra.run import infrastructure
    from deployer.operations.infra.several import loaded
    from deployer.operations.infra.upgrade import run as operation

    chosen = loaded(app.session, app.root, cluster)
    if not dry_run:
        heed_freeze(app.session, chosen, override=override_freeze)
    with infrastructure(app.session, app.root, chosen, plan_only=dry_run) as opened:
        if not dry_run:
            operation.go_on(opened)
        planned = operation.prepare(opened, app.root, to=to, hours=hours)
        _show(app, planned, output)
        if dry_run or not (planned.steps or planned.changes):
            return 0
        _confirm(app, planned, yes=yes, only_next=only_next)
        try:
            operation.carry_out(opened, planned, only_next=only_next)
        except Interrupted as error:
            error.hint = f"`deployer infra upgrade {cluster}` goes on with what is left"
            raise
    left = len(planned.steps) - 1 if only_next else 0
    rest = f"{left} steps are left: `deployer infra upgrade {cluster}`" if left > 0 else "commit outputs.yaml"
    app.say(f"{cluster}: done; {rest}")
    return 0


def _show(app: App, planned: Upgrade, output: str) -> None:
    if output == "json":
        echo_json(planned.plain())
    else:
        for number, step in enumerate(planned.steps, start=1):
            click.echo(f"{number:>2}  {step}")
    if not planned.steps and not planned.way.waits:
        app.say(f"{planned.cluster}: nothing to do: Kubernetes {planned.now.control_plane} runs")
    for note in planned.notes:
        app.say(f"note: {note}")
    for change in planned.changes:
        app.say(f"{change.name} will say {planned.goal}")


def _confirm(app: App, planned: Upgrade, *, yes: bool, only_next: bool) -> None:
    if yes:
        return
    what = "take the first step" if only_next else "take these steps"
    agreed(app.interruption, f"{what} on {planned.cluster}?")
