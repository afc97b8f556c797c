"""`deployer deploy`: hubs of a cluster, checked."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.commands.app import (
    App,
    cluster_argument,
    echo_json,
    hubs_argument,
    output_option,
    readers_may_leave,
)
from deployer.commands.views import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.operations.deploy.plan import Outcome, Plan


@click.command()
@cluster_argument
@hubs_argument
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@click.option("--jobs", type=click.IntRange(1, 64), default=8, show_default=True, help="Hubs at a time.")
@click.option(
    "--timeout", type=click.IntRange(1, 86400), default=600, show_default=True, help="Seconds to come up."
)
@click.option(
    "--wait", type=click.IntRange(0, 86400), default=600, show_default=True, help="Seconds for the Lease."
)
@click.option("--skip-health-check", is_flag=True, help="Do not have the check user work on the hub.")
@click.option("--no-rollback", is_flag=True, help="Leave a failed release as it is.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a JSON report here too."
)
@output_option
@click.pass_obj
def deploy(
    app: App,
    *,
    cluster: str,
    hub: tuple[str, ...],
    dry_run: bool,
    jobs: int,
    timeout: int,
    wait: int,
    skip_health_check: bool,
    no_rollback: bool,
    report: Path | None,
    output: str,
) -> int:
    """Deploy HUBs of CLUSTER (all, when none is named), and check that a user can work on each."""
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.operations.deploy import plan as operation
    from deployer.operations.deploy.upgrade import Options

    fleet = app.fleet(cluster, hub)
    chosen = select_cluster(fleet, cluster)
    options = Options(
        timeout=timeout,
        wait=wait,
        jobs=jobs,
        check_health=not skip_health_check,
        roll_back=not no_rollback,
    )
    hubs = select_hubs(chosen, hub)
    if not hubs:
        app.say(f"{chosen.name} has no hubs")
        return 0
    if report and not os.access(report.absolute().parent, os.W_OK):
        raise click.UsageError(f"the report cannot be written to {report}")
    plan = operation.plan(app.session, fleet, chosen, hubs, options)
    for notice in plan.notices():
        app.say(f"notice: {notice}")
    if dry_run:
        _show_plan(plan, output)
        return int(bool(plan.refused))
    outcomes = operation.carry_out(app.session, fleet, plan)
    summary = {"cluster": chosen.name, "hubs": [outcome.summary() for outcome in outcomes]}
    if report:
        report.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    with readers_may_leave():
        if output == "json":
            echo_json(summary)
        else:
            _show_outcomes(outcomes)
    if any(outcome.interrupted for outcome in outcomes):
        return 130
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def _show_plan(plan: Plan, output: str) -> None:
    if output == "json":
        echo_json(plan.summary())
        return
    for outcome in plan.refused:
        _show_failure(outcome)
    for release in plan.releases:
        click.echo(f"would deploy {plan.cluster.name} {release.hub.name}")
        for key, value in release.summary().items():
            shown = (", ".join(value) or "none") if isinstance(value, list) else value
            click.echo(f"  {key.replace('_', ' ')}: {shown}")


def _show_outcomes(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if not outcome.ok:
            _show_failure(outcome)
    width = max(len(outcome.hub) for outcome in outcomes)
    for outcome in outcomes:
        click.echo(
            f"{outcome.hub:<{width}}  {_state(outcome):<11}  {duration(outcome.seconds):>9}  {outcome.host}"
        )


def _show_failure(outcome: Outcome) -> None:
    click.echo(f"{outcome.hub}: {outcome.error}", err=True)
    for line in outcome.diagnosis.lines() if outcome.diagnosis else ():
        click.echo(f"  {line}", err=True)
    if outcome.hint:
        click.echo(f"hint: {outcome.hint}", err=True)


def _state(outcome: Outcome) -> str:
    if outcome.ok:
        return "deployed"
    if outcome.interrupted:
        return "interrupted"
    return "rolled back" if outcome.rolled_back else "failed"
