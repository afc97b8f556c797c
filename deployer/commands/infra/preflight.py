"""`deployer infra preflight`, and what `infra destroy` says of leftovers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from deployer.commands.app import App, cluster_argument, echo_json, output_option
from deployer.commands.table import echo_table
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.operations.infra.leftovers import Left
    from deployer.operations.infra.preflight import Preflight
    from deployer.operations.infra.run import Infrastructure

_HEADS = ("STATUS", "KIND", "WHAT", "SAID")


@click.command
@cluster_argument
@click.option("--policy", "only_policy", is_flag=True, help="Print the least policy, and ask nothing.")
@click.option(
    "--whole",
    is_flag=True,
    help="All that the module may ever make, change and take away, instead of what the next plan does.",
)
@output_option
@click.pass_obj
def preflight(app: App, cluster: str, output: str, *, only_policy: bool, whole: bool) -> int:
    """Ask the cloud whether CLUSTER can be built: permissions, services, quotas. Nothing changes.

    Ends with 1 if something is missing. `--policy` prints what an account owner has to grant, as a policy of
    IAM, or as a custom role of Google Cloud or Azure. What can't be asked is unknown, and no reason to stop.
    """
    from deployer.operations.infra import preflight as operation
    from deployer.operations.infra.several import loaded

    chosen = loaded(app.session, app.root, cluster)
    found, planned = operation.taken(app.session, app.root, chosen, whole=whole)
    if only_policy:
        if found.unknown:
            raise DeployerError(
                f"no policy can be made: our table lacks {', '.join(found.unknown)}",
                hint="add what these types take to deployer/clouds/permissions",
            )
        made = operation.policy(chosen, found)
        click.echo(made.text, nl=False)
        for notice in made.notices:
            app.say(f"notice: {notice}")
        return 0
    result = operation.preflight(app.session, chosen, found, planned=planned)
    if output == "json":
        echo_json(result.plain())
    else:
        _show(app, result)
    return 1 if result.missing else 0


@contextmanager
def leftovers_told(app: App, opened: Infrastructure, kept: Iterable[str]) -> Iterator[list[Left]]:
    """Tell what controllers left once the block has ended; also when it failed, since they may be why."""
    from deployer.operations.infra.leftovers import leftovers
    from deployer.tools.process import ProgramFailed

    told: list[Left] = []

    def tell() -> None:
        told.append(leftovers(opened, frozenset(kept)))
        for line in told[-1].lines():
            app.say(line)

    try:
        yield told
    except ProgramFailed:
        tell()
        raise
    tell()


def _show(app: App, result: Preflight) -> None:
    from deployer.operations.infra.preflight.findings import lines

    echo_table(_HEADS, tuple(lines(result.found)), quiet=app.verbosity < 0)
    for mend in dict.fromkeys(each.mend for each in result.missing if each.mend):
        app.hint(mend)
    what = "the plan" if result.planned else "all that the module can make"
    app.say(f"{result.cluster}: {len(result.missing)} missing, {len(result.unknown)} unknown, for {what}")
