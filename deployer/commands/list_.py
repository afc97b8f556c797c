"""`deployer list`: what is in the fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import echo_json, output_option
from deployer.commands.table import echo_table

if TYPE_CHECKING:
    from deployer.commands.app import App
    from deployer.operations.inventory import Inventory

_COLUMNS = ("CLUSTER", "HUB", "PROVIDER", "CHART", "DOMAIN")
_NONE = "-"


@click.command("list")
@click.argument("cluster", required=False)
@output_option
@click.pass_obj
def list_(app: App, *, cluster: str | None, output: str) -> None:
    """List the hubs of the fleet, or of CLUSTER.

    As text it is a line per hub with the columns cluster, hub, provider, chart and domain; `-` stands for
    what is not there. A fleet with errors is listed as far as it can be read.
    """
    from deployer.fleet.problems import counted
    from deployer.operations.inventory import inventory

    found = inventory(app.session, app.root, cluster=cluster)
    if output == "json":
        echo_json(found.summary())
    else:
        _show(app, found)
    if found.errors:
        app.say(f"the configuration has {counted(found.errors, 'error')}, so this may not be all of it")
        app.hint("run `deployer validate`")


def _show(app: App, found: Inventory) -> None:
    rows = [tuple(value or _NONE for value in row) for row in found.rows()]
    echo_table(_COLUMNS, rows, quiet=app.verbosity < 0)
