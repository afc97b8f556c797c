"""`deployer validate`: every problem of the configuration, with its file, line and column."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.commands.documentation import documentation
from deployer.commands.fixes import mended, shown
from deployer.commands.report_formats import FORMATS, written
from deployer.commands.views import duration
from deployer.fleet.problems import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.commands.app import App
    from deployer.commands.report_formats import Format
    from deployer.operations.validation.changes import Changes
    from deployer.operations.validation.report import Report

_NAMED_FILES = 3


@click.command()
@click.argument("cluster", required=False)
@click.argument("hub", nargs=-1)
@click.option("--skip-charts", is_flag=True, help="Charts that are not at hand are no failure.")
@click.option("--no-render", is_flag=True, help="Look at values only: quick, and without Helm.")
@click.option("--no-cache", is_flag=True, help="Look at every hub anew, whatever was found before.")
@click.option(
    "--changed-since",
    metavar="REVISION",
    help="Look only at hubs that are reached by changes since this git revision, committed or not.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Leave out the problems that this file has, so that only new ones count.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write all problems of the whole fleet into a baseline.",
)
@click.option("--fix", is_flag=True, help="Mend what has one right answer; tell of the rest.")
@click.option(
    "--diff", is_flag=True, help="Only show what `--fix` would write; end with 3 if that is something."
)
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="Hubs to render at once.  [default: processors]"
)
@click.option(
    "--format",
    "--output",
    "-o",
    "how",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How the report is written to stdout: for people, for programs, as annotations of GitHub Actions, "
    "or for code scanning.",
)
@click.pass_obj
def validate(
    app: App,
    *,
    cluster: str | None,
    hub: tuple[str, ...],
    skip_charts: bool,
    no_render: bool,
    no_cache: bool,
    changed_since: str | None,
    baseline: Path | None,
    write_baseline: Path | None,
    fix: bool,
    diff: bool,
    jobs: int | None,
    how: Format,
) -> int:
    """Check the whole fleet, CLUSTER, or HUBs of CLUSTER.

    All problems are told at once: in the files, between them, and in what the charts make of them. It takes
    no network, no credentials and no key; an encrypted value counts as there.
    """
    from deployer.operations.validation.baseline import against, recorded
    from deployer.operations.validation.validate import validate as checked

    if write_baseline and (cluster or changed_since or baseline):
        raise click.UsageError("`--write-baseline` takes the whole fleet, and no other baseline")
    if (fix and diff) or (write_baseline and (fix or diff)):
        raise click.UsageError("take one of `--fix`, `--diff` and `--write-baseline`")
    start = time.monotonic()
    check = partial(
        checked,
        app.session,
        app.root,
        cluster=cluster,
        hubs=hub,
        skip_charts=skip_charts,
        render=not no_render,
        changed_since=changed_since,
        jobs=jobs,
        cached=not no_cache,
    )
    if write_baseline:
        report = recorded(write_baseline, check)
        app.say(f"{counted(report.in_baseline, 'problem')} written to {write_baseline}")
    else:
        run = partial(against, baseline, check) if baseline else check
        if diff:
            return shown(app, run())
        report = mended(app, run) if fix else run()
    for line in _reasons(report.changes) if report.changes and app.verbosity > 0 else ():
        app.say(line)
    text = written(report, how, root=app.root, documentation=documentation(app.environ))
    if text:
        click.echo(text)
    # What GitHub shows as annotations would stand twice in the log of a job.
    if how != "github":
        for notice in report.notices:
            app.say(f"notice: {notice}")
        for missing in report.not_checked:
            click.echo(missing, err=True)
    app.say(f"{_summary(report)} ({duration(time.monotonic() - start)})")
    return 0 if report.ok else 1


def _reasons(changes: Changes) -> Iterator[str]:
    for each in changes.reached:
        named = ", ".join(each.files[:_NAMED_FILES])
        more = len(each.files) - _NAMED_FILES
        yield f"{each.cluster.name} {each.hub.name}: {named}" + (f" and {more} more" if more > 0 else "")


def _summary(report: Report) -> str:
    checked = f"{counted(report.clusters, 'cluster')}, {counted(report.hubs, 'hub')}"
    if report.changes:
        checked += (
            f" reached by {counted(report.changes.files, 'file')} changed since `{report.changes.revision}`"
        )
    found = f"{counted(report.errors, 'error')}, {counted(report.warnings, 'warning')}"
    ignored = f", {report.ignored} ignored" if report.ignored else ""
    known = f", {report.in_baseline} in the baseline" if report.in_baseline else ""
    return f"{checked}: {found}{ignored}{known}"
