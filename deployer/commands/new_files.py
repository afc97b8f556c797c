"""From options to answers, and from a plan to new files: what the commands of `deployer new` share."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.asking import Answers
from deployer.commands.terminal import Terminal, at_hand
from deployer.errors import DeployerError
from deployer.fleet.editing.drafts import diff
from deployer.operations.new.plan import carry_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.commands.app import App
    from deployer.operations.new.plan import Plan


def answers_of(app: App, typed: str, options: Mapping[str, Any]) -> Answers:
    """Return what answers questions: the options, and the terminal unless nothing is to be asked."""
    terminal = Terminal(interruption=app.interruption) if at_hand() and not options["yes"] else None
    if terminal:
        terminal.say("`?` explains a question. Nothing is written before the end.")
    place = f"--root {shlex.quote(str(app.given_root))} " if app.given_root else ""
    return Answers(command=f"deployer {place}{typed}", given=dict(_given(options)), terminal=terminal)


def _given(options: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what the command line answers, by the names that questions have."""
    for name, value in options.items():
        flag = name if name.isupper() else f"--{name.replace('_', '-')}"
        if name == "auth":
            settings = [_setting(each) for each in value]
            for key in dict.fromkeys(key for key, _ in settings):
                texts = ",".join(text for each, text in settings if each == key)
                yield f"{flag} {key}=", tuple(texts.split(","))
        elif isinstance(value, tuple | str):
            yield flag, (value,) if isinstance(value, str) else value


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise click.UsageError(f"`--auth` takes KEY=VALUE, not `{text}`")
    return key, value


def done(app: App, plan: Plan, answers: Answers, *, dry_run: bool) -> int:
    """Show a plan and carry it out; what was asked for at a terminal is written only when people agree."""
    if dry_run:
        click.echo(diff(plan.changes), nl=False)
    elif answers.asked and answers.terminal:
        app.say(diff(plan.changes).rstrip("\n"))
    for note in plan.notes:
        app.say(f"notice: {note}")
    if dry_run:
        app.say("nothing is written: leave out `--dry-run`")
        return 0
    if answers.asked and answers.terminal:
        app.say(f"the same without questions: {answers.typed()}")
        if not answers.terminal.agreed("Write them?"):
            raise DeployerError("nothing is written")
    app.interruption.check()
    carry_out(plan)
    for change in plan.changes:
        click.echo(change.name)
    app.hint("\n".join(["what comes next:", *(f"  {step}" for step in plan.next_steps)]))
    return 0
