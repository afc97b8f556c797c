"""`deployer uptime`: whether hubs answer, as the world sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import App, complete_cluster, echo_json, hubs_argument, output_option
from deployer.commands.table import echo_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.operations.uptime.findings import Finding

_COLUMNS = ("CLUSTER", "HUB", "ADDRESS", "STATE", "STATUS", "MS", "CERTIFICATE")
_NONE = "-"


@click.command()
@click.argument("cluster", required=False, shell_complete=complete_cluster)
@hubs_argument
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=32, show_default=True, help="Addresses at a time."
)
@click.option(
    "--timeout",
    type=click.IntRange(1, 600),
    default=10,
    show_default=True,
    help="Seconds for an address to answer in.",
)
@output_option
@click.pass_obj
def uptime(
    app: App, *, cluster: str | None, hub: tuple[str, ...], jobs: int, timeout: int, output: str
) -> int:
    """Ask now whether hubs answer: all of the fleet, those of CLUSTER, or HUBs.

    Each hub is asked once at its `/hub/health`, and so are Grafana and Prometheus where they are served. It
    takes no access to a cloud or to a cluster. As text it is a line per address, with milliseconds and the
    days for which the certificate is valid; `-` stands for what is not known. What is down makes the exit
    code 1.
    """
    from deployer.fleet.load import select_cluster
    from deployer.operations.uptime.asking import uptime as find

    fleet = app.fleet(cluster, hub)
    chosen = (select_cluster(fleet, cluster),) if cluster else fleet.clusters
    found = find(app.session, chosen, hub, jobs=jobs, timeout=timeout)
    if output == "json":
        echo_json({"addresses": [each.summary() for each in found]})
    else:
        _show(app, found)
    return 1 if any(each.state == "down" for each in found) else 0


def _show(app: App, found: Sequence[Finding]) -> None:
    rows = [_row(each) for each in found]
    echo_table(_COLUMNS, rows, quiet=app.verbosity < 0)
    down = [each for each in found if each.state == "down"]
    for each in down:
        click.echo(f"{each.cluster} {each.name}: {each.message}", err=True)
        click.echo(f"hint: {each.hint}", err=True)
    asked = [each for each in found if each.state != "not asked"]
    if len(asked) > 1 and all(each.status is None for each in asked):
        app.hint("nothing at all answered: look at this machine's own network first")


def _row(found: Finding) -> tuple[str, ...]:
    days = found.certificate_days
    return (
        found.cluster,
        found.name,
        found.address or _NONE,
        found.state if found.state != "not asked" else f"not asked: {found.message}",
        _shown(found.status),
        _shown(found.milliseconds),
        _NONE if days is None else f"{days} days",
    )


def _shown(number: int | None) -> str:
    return _NONE if number is None else str(number)
