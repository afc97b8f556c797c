"""`deployer validate`: every problem of the configuration, with its file, line and column."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from deployer.commands.app import echo_json, output_option
from deployer.commands.views import duration

if TYPE_CHECKING:
    from deployer.commands.app import App
    from deployer.operations.validation.report import Report


@click.command()
@click.argument("cluster", required=False)
@click.argument("hub", nargs=-1)
@click.option("--skip-charts", is_flag=True, help="Charts that are not at hand are no failure.")
@click.option("--no-render", is_flag=True, help="Look at values only: quick, and without Helm.")
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="Hubs to render at once.  [default: processors]"
)
@output_option
@click.pass_obj
def validate(
    app: App,
    *,
    cluster: str | None,
    hub: tuple[str, ...],
    skip_charts: bool,
    no_render: bool,
    jobs: int | None,
    output: str,
) -> int:
    """Check the whole fleet, CLUSTER, or HUBs of CLUSTER.

    All problems are told at once: in the files, between them, and in what the charts make of them. It takes
    no network, no credentials and no key; an encrypted value counts as there.
    """
    from deployer.operations.validation import validate as operation

    start = time.monotonic()
    report = operation.validate(
        app.session,
        app.root,
        cluster=cluster,
        hubs=hub,
        skip_charts=skip_charts,
        render=not no_render,
        jobs=jobs,
    )
    if output == "json":
        echo_json(report.summary())
    else:
        for problem in report.problems:
            click.echo(str(problem))
    for notice in report.notices:
        app.say(f"notice: {notice}")
    for text in report.not_checked:
        click.echo(text, err=True)
    app.say(f"{_summary(report)} ({duration(time.monotonic() - start)})")
    return 0 if report.ok else 1


def _summary(report: Report) -> str:
    from deployer.fleet.problems import counted

    checked = f"{counted(report.clusters, 'cluster')}, {counted(report.hubs, 'hub')}"
    return f"{checked}: {counted(report.errors, 'error')}, {counted(report.warnings, 'warning')}"
