"""`deployer health`: whether a user can really work on hubs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from deployer.commands.app import App, cluster_argument, echo_json, hubs_argument, output_option
from deployer.commands.views import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.fleet.model import Hub
    from deployer.operations.health.check import Result


@click.command()
@cluster_argument
@hubs_argument
@click.option("--jobs", type=click.IntRange(1, 64), default=8, show_default=True, help="Hubs at a time.")
@click.option(
    "--timeout",
    type=click.IntRange(1),
    help="Seconds for the user's server to start, in place of the hub's `health.timeout`.",
)
@output_option
@click.pass_obj
def health(
    app: App, *, cluster: str, hub: tuple[str, ...], jobs: int, timeout: int | None, output: str
) -> int:
    """Check that a user can work on HUBs of CLUSTER (all, when none is named).

    A check user starts a server, runs cells in a kernel and compares what comes of them; afterwards its
    server, account and home are removed.
    """
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.operations.access import connected
    from deployer.operations.health.check import check_all

    chosen = select_cluster(app.fleet(cluster, hub), cluster)
    hubs = [_with_timeout(each, timeout) for each in select_hubs(chosen, hub)]
    with connected(app.session, chosen) as connection:
        results = check_all(app.session, connection, chosen, hubs, jobs=jobs)
    if output == "json":
        echo_json({"cluster": chosen.name, "hubs": [result.summary() for result in results]})
    else:
        _show(results)
    return 0 if all(result.ok for result in results) else 1


def _with_timeout(hub: Hub, timeout: int | None) -> Hub:
    return hub if timeout is None else replace(hub, health=replace(hub.health, timeout=timeout))


def _show(results: Sequence[Result]) -> None:
    for result in results:
        if not result.ok:
            _show_failure(result)
    for result in results:
        state = "healthy" if result.ok else "failed"
        click.echo(f"{result.hub:<24}{state:<8}{duration(result.seconds):>11}  {result.url or ''}".rstrip())
        for step in result.steps:
            mark = "ok" if step.ok else "failed"
            click.echo(f"  {step.name:<22}{mark:<8}{duration(step.seconds):>11}")


def _show_failure(result: Result) -> None:
    click.echo(f"{result.hub}: {result.error}", err=True)
    for line in result.diagnosis.lines() if result.diagnosis else ():
        click.echo(f"  {line}", err=True)
    if result.hint:
        click.echo(f"hint: {result.hint}", err=True)
