"""`deployer deploy`: hubs of a cluster, or what it runs for all of them, checked."""

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
    override_freeze_option,
    readers_may_leave,
)
from deployer.commands.views import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.fleet.model import Fleet
    from deployer.operations.deploy.outcome import Outcome
    from deployer.operations.deploy.plan import Plan


@click.command()
@cluster_argument
@hubs_argument
@click.option(
    "--support/--no-support",
    default=None,
    help="Deploy what the cluster runs for all hubs, and no hub; or hubs only.",
)
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
@override_freeze_option
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
    support: bool | None,
    dry_run: bool,
    jobs: int,
    timeout: int,
    wait: int,
    skip_health_check: bool,
    no_rollback: bool,
    override_freeze: bool,
    report: Path | None,
    output: str,
) -> int:
    """Deploy HUBs of CLUSTER (all, when none is named), and check that a user can work on each.

    What CLUSTER runs for all of its hubs (the way in, certificates, metrics) comes before them when it is
    missing or changed and cluster.yaml has the key `support`. With --support it is deployed in any case, and
    no hub is; with --no-support it is left alone. In a window that cluster.yaml calls `freeze`, hubs are
    refused and the support is left alone, unless --override-freeze is said.
    """
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.operations.deploy import plan as operation
    from deployer.operations.deploy.upgrade import Options

    if support and hub:
        raise click.UsageError("--support deploys no hub: name none")
    fleet = _needed(app, cluster, hub, support=support)
    chosen = select_cluster(fleet, cluster)
    options = Options(
        timeout=timeout,
        wait=wait,
        jobs=jobs,
        check_health=not skip_health_check,
        roll_back=not no_rollback,
        override_freeze=override_freeze,
    )
    owners = (chosen.support,) if support else select_hubs(chosen, hub)
    first = (chosen.support,) if support is None and chosen.support.declared else ()
    if not owners and not first:
        app.say(f"{chosen.name} has no hubs")
        return 0
    if report and not os.access(report.absolute().parent, os.W_OK):
        raise click.UsageError(f"the report cannot be written to {report}")
    plan = operation.plan(app.session, fleet, chosen, owners, options, first=first)
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


def _needed(app: App, cluster: str, hub: tuple[str, ...], *, support: bool | None) -> Fleet:
    """Load the fleet; what is wrong in files of what is not deployed does not matter."""
    from deployer.fleet.model import SUPPORT

    # Where nothing is said of the support, it may come first.
    named = hub if support is False or not (hub or support) else (*hub, SUPPORT)
    return app.fleet(cluster, named, support=support is not False)


def _show_plan(plan: Plan, output: str) -> None:
    if output == "json":
        echo_json(plan.summary())
        return
    for outcome in plan.refused:
        _show_failure(outcome)
    for release in plan.all:
        click.echo(f"would deploy {plan.cluster.name} {release.owner.name}")
        for key, value in release.summary().items():
            shown = (", ".join(value) or "none") if isinstance(value, list) else value
            if shown:  # the support has no host
                click.echo(f"  {key.replace('_', ' ')}: {shown}")


def _show_outcomes(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if not outcome.ok:
            _show_failure(outcome)
    width = max(len(outcome.hub) for outcome in outcomes)
    widest = max(11, *(len(_state(outcome)) for outcome in outcomes))
    for outcome in outcomes:
        state, time = f"{_state(outcome):<{widest}}", f"{duration(outcome.seconds):>9}"
        click.echo(f"{outcome.hub:<{width}}  {state}  {time}  {outcome.host}".rstrip())


def _show_failure(outcome: Outcome) -> None:
    click.echo(f"{outcome.hub}: {outcome.error}", err=True)
    for line in outcome.diagnosis.lines() if outcome.diagnosis else ():
        click.echo(f"  {line}", err=True)
    if outcome.hint:
        click.echo(f"hint: {outcome.hint}", err=True)


def _state(outcome: Outcome) -> str:
    if outcome.ok:
        return outcome.left_alone or "deployed"
    if outcome.interrupted:
        return "interrupted"
    if outcome.freeze and outcome.began is None:
        return "frozen"
    return "rolled back" if outcome.rolled_back else "failed"
