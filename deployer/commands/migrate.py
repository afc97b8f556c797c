"""`deployer migrate`: lift a fleet to a newer version of the configuration format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import complete_cluster
from deployer.fleet.problems import counted
from deployer.fleet.versions import NEWEST, OLDEST

if TYPE_CHECKING:
    from deployer.commands.app import App
    from deployer.operations.migrate import Migration


@click.command()
@click.argument("cluster", required=False, shell_complete=complete_cluster)
@click.option("--write", is_flag=True, help="Write the files.")
@click.option("--check", is_flag=True, help="End with 3 when there is something to lift.")
@click.option(
    "--to",
    type=click.IntRange(OLDEST, NEWEST),
    default=NEWEST,
    show_default=True,
    help="The version of the format to lift to.",
)
@click.pass_obj
def migrate(app: App, *, cluster: str | None, write: bool, check: bool, to: int) -> int:
    """Lift the whole fleet, or CLUSTER, to a newer version of the configuration format.

    Shows what would change as a diff; with --write, it is done. Comments and layout stay. All hubs are merged
    before and after: unless each has the same values, nothing is written.
    """
    from deployer.fleet.editing.drafts import diff
    from deployer.operations.migrate import carry_out, plan

    if write and check:
        raise click.UsageError("`--check` writes nothing: leave out one of `--write` and `--check`")
    found = plan(app.session, app.root, cluster=cluster, to=to)
    if write:
        carry_out(found)
    else:
        click.echo(diff(found.changes), nl=False)
    for note in found.notes:
        app.say(f"notice: {note}")
    app.say(_summary(found, written=write))
    if found.changes and not write:
        app.hint("the same command with `--write` writes it")
    return 3 if check and found.changes else 0


def _summary(found: Migration, *, written: bool) -> str:
    if not found.clusters:
        which = "the cluster is" if found.total == 1 else f"all {found.total} clusters are"
        return f"nothing to lift: {which} written in format {found.to} or a newer one"
    verb = "lifted" if written else "would be lifted"
    files = counted(len(found.changes), "file")
    hubs = f"{counted(found.hubs, 'hub')} as before" if found.hubs else "no hub concerned"
    which = f"{len(found.clusters)} of {counted(found.total, 'cluster')}"
    return f"{which} {verb} to format {found.to}: {files}, {hubs}"
