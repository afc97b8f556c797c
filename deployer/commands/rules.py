"""`deployer rules`: what `validate` looks for, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import echo_json, output_option
from deployer.commands.documentation import documentation
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.commands.app import App
    from deployer.operations.rules import Explained, Rules


@click.command()
@click.argument("rule", required=False)
@output_option
@click.pass_obj
def rules(app: App, *, rule: str | None, output: str) -> None:
    """List the rules of `validate`, or explain RULE.

    As text the list is a line per rule: its id, its severity and what it wants. The fleet's own rules, in
    config/rules, come last. Without a fleet there are those of the program.
    """
    from deployer.operations.rules import rules as found

    known = found(_root(app), rule, documentation=documentation(app.environ))
    if output == "json":
        echo_json(known.summary())
    elif rule:
        click.echo("\n".join(_page(known.rules[0])))
    else:
        _show(known)
    if known.errors:
        app.say("some rule files have errors, so these may not be all rules")
        app.hint("run `deployer validate`")


def _root(app: App) -> Path | None:
    try:
        return app.root
    except DeployerError:
        if app.given_root:
            raise
        return None


def _show(known: Rules) -> None:
    widest = max(len(rule.id) for rule in known.rules)
    for rule in known.rules:
        click.echo(f"{rule.id:<{widest}}  {rule.severity:<7}  {rule.summary}")


def _page(rule: Explained) -> Iterator[str]:
    yield f"{rule.id} ({rule.severity})"
    yield ""
    yield rule.summary
    if rule.why:
        yield from ("", rule.why)
    yield ""
    if rule.ignorable:
        yield f"ignore it where it is accepted: # deployer: ignore={rule.id} REASON"
    else:
        yield "it cannot be ignored"
    if rule.file:
        yield f"its text and its examples: {rule.file}"
    else:
        sources = f"the directories {rule.id}* below tests/examples in the program's sources"
        yield f"examples: {rule.documentation or sources}"
