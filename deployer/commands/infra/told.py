"""How `deployer infra plan`, `apply` and `refresh` tell what they found and did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from deployer.commands.app import App, complain, echo_json
from deployer.commands.views import duration
from deployer.errors import DeployerError, Interrupted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deployer.operations.infra.plan import Plan
    from deployer.operations.infra.refresh import Drift
    from deployer.operations.infra.several import Work

T = TypeVar("T")
_VERBS = {
    "create": "create",
    "update": "change",
    "replace": "replace",
    "destroy": "destroy",
    "forget": "forget",
}


def show_plans(works: Sequence[Work[Plan]], *, many: bool, err: bool = False) -> None:
    """Show what would be done to each cluster."""
    for work in works:
        if work.found:
            _show_plan(work.found, many=many, err=err)


def _show_plan(found: Plan, *, many: bool, err: bool) -> None:
    before = f"{found.cluster}: " if many else ""
    for kind, verb in _VERBS.items():
        for change in found.changes:
            if change.kind == kind:
                click.echo(f"{before}{verb:<8} {change}", err=err)
    counted = [
        f"{sum(change.kind == kind for change in found.changes)} to {verb}"
        for kind, verb in _VERBS.items()
        if any(change.kind == kind for change in found.changes)
    ]
    click.echo(f"{found.cluster}: {', '.join(counted) or 'nothing to do'}", err=True)
    if found.unprotects:
        addresses = ", ".join(found.unprotects)
        click.echo(f"{found.cluster}: deletion protection is switched off first: {addresses}", err=True)


def show_drift(works: Sequence[Work[Drift]], *, many: bool, err: bool) -> None:
    """Show what changed in the cloud of each cluster."""
    for work in works:
        if work.found:
            for each in work.found.drifted:
                click.echo(f"{work.name}: {each}" if many else str(each), err=err)
            click.echo(f"{work.name}: {len(work.found.drifted) or 'nothing'} changed without us", err=True)


def echo(told: Sequence[Mapping[str, Any]], *, many: bool) -> None:
    """Write JSON: an object for one cluster, a list of them for several."""
    echo_json({"clusters": list(told)} if many else told[0])


def plan_json(work: Work[Plan]) -> dict[str, Any]:
    """Return what is told of a plan, and of what became of it."""
    found = work.found
    nothing = {"cluster": work.name, "changes": [], "protected": [], "unprotects": []}
    return {**(found.plain() if found else nothing), **_outcome(work, done="applied")}


def drift_json(work: Work[Drift]) -> dict[str, Any]:
    """Return what is told of a look at the cloud, and of what became of it."""
    found = work.found.plain() if work.found else {"cluster": work.name, "drifted": []}
    return {**found, **_outcome(work, done="refreshed")}


def _outcome(work: Work[Any], *, done: str) -> dict[str, Any]:
    error = work.error
    return {
        "state": _state(work, done=done),
        "error": error.message if error else None,
        "hint": error.hint if error else None,
    }


def _state(work: Work[Any], *, done: str) -> str:
    waits = bool(getattr(work.found, "changes", ()) or getattr(work.found, "drifted", ()))
    return work.state(done=done, waits=waits)


def path(work: Work[Any]) -> str | None:
    """Return where outputs.yaml was written, None when it says all that already."""
    return str(work.written) if work.written else None


def end(app: App, works: Sequence[Work[Any]], *, many: bool, done: str) -> int:
    """Tell what was written and what failed, and return the exit code."""
    for work in works:
        if work.written:
            app.say(f"wrote {work.written}: commit it")
    errors = [work.error for work in works if work.error]
    if not many:
        if errors:
            raise errors[0]
        return 0
    for error in errors:
        complain(error.message, error.hint)
    width = max((len(work.name) for work in works), default=0)
    for work in works:
        app.say(f"{work.name:<{width}}  {_state(work, done=done):<11}  {duration(work.seconds):>9}")
    return _exit_code(errors)


def _exit_code(errors: Sequence[DeployerError]) -> int:
    """Return 130 when somebody asked to stop, else 1 when one failed, else 3 when one was stopped."""
    if any(isinstance(error, Interrupted) for error in errors):
        return Interrupted.exit_code
    codes = {error.exit_code for error in errors}
    return 3 if codes == {3} else 1 if codes else 0
