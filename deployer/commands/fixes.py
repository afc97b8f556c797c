"""`deployer validate --fix` and `--diff`: what would mend problems, shown or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.fleet.problems import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployer.commands.app import App
    from deployer.operations.fix import Fixes
    from deployer.operations.validation.report import Report

_MOST_PASSES = 10


def shown(app: App, report: Report) -> int:
    """Write a diff of what would mend problems to stdout; return 3 when there is something, else 0."""
    from deployer.fleet.editing.drafts import diff
    from deployer.operations.fix import plan

    fixes = plan(app.session, app.root, report.problems)
    click.echo(diff(fixes.changes), nl=False)
    _tell_refused(app, fixes)
    app.say(f"{_count(fixes)} would mend what has one right answer")
    if fixes.changes:
        app.hint("the same command with `--fix` makes them")
    return 3 if fixes.changes else 0


def mended(app: App, check: Callable[[], Report]) -> Report:
    """Mend what can be mended, and return the report of what is left. The diff is talk, not data."""
    from deployer.fleet.editing.drafts import diff
    from deployer.operations.fix import carry_out, plan

    report = check()
    # What is wrong with a file may hide what is wrong with its hubs, so one pass may uncover the next.
    for _ in range(_MOST_PASSES):
        fixes = plan(app.session, app.root, report.problems)
        if not fixes.changes:
            _tell_refused(app, fixes)
            break
        carry_out(fixes)
        app.say(diff(fixes.changes).rstrip("\n"))
        app.say(f"{_count(fixes)} made")
        report = check()
    return report


def _count(fixes: Fixes) -> str:
    return f"{counted(fixes.edits, 'edit')} in {counted(len(fixes.changes), 'file')}"


def _tell_refused(app: App, fixes: Fixes) -> None:
    for reason in fixes.refused:
        app.say(f"notice: {reason}")
