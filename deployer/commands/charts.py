"""`deployer charts`: get and pin the packages of charts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from deployer.commands.app import App


@click.group()
def charts() -> None:
    """Get and pin the packages that charts are made of."""


@charts.command()
@click.argument("chart", required=False)
@click.pass_obj
def fetch(app: App, *, chart: str | None) -> None:
    """Get all packages of CHART, or of all charts, into the cache.

    Then everything else works without a network. A package is checked against its recorded hash.
    """
    from deployer.fleet.load import load
    from deployer.operations import charts as operation

    fleet, _ = load(app.root, state=app.session.state)
    fetched = operation.fetch(app.session, fleet, chart)
    for source in fetched.sources:
        for notice in source.notices:
            app.say(f"notice: {notice}")
        click.echo(f"{source.sha256}  {source.dependency}")
    if fetched.unavailable:
        reasons = "\n".join(fetched.unavailable)
        raise DeployerError(
            f"packages could not be had:\n{reasons}", hint="check the network, then try again"
        )


@charts.command()
@click.argument("chart")
@click.option(
    "--override",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A hub's `chart_override`: record the hashes of its packages beside it instead.",
)
@click.pass_obj
def update(app: App, *, chart: str, override: Path | None) -> None:
    """Write Chart.lock and packages.sha256 of CHART anew, from what its repositories offer.

    The versions are those that Chart.yaml asks for. Prints the files that changed.
    """
    from deployer.operations import charts as operation

    override = override.absolute() if override else None
    updated = operation.renew(app.session, app.root, chart, override=override, now=datetime.now(UTC))
    for path in updated.changed:
        click.echo(path)
    if updated.unavailable:
        reasons = "\n".join(updated.unavailable)
        raise DeployerError(f"packages could not be had, and what is recorded of them stays:\n{reasons}")
