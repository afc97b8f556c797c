"""`deployer infra versions`: which Kubernetes runs where, and until when clouds support it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import App, complain, complete_cluster, echo_json, output_option
from deployer.commands.table import echo_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.operations.infra.versions import ClusterVersion, Offer


@click.command
@click.argument("cluster", nargs=-1, shell_complete=complete_cluster)
@click.option(
    "--within",
    type=click.IntRange(min=0),
    default=60,
    show_default=True,
    metavar="DAYS",
    help="Warn of support that ends within so many days.",
)
@click.option("--offered", is_flag=True, help="Show which versions the clouds support today instead.")
@output_option
@click.pass_obj
def versions(app: App, cluster: tuple[str, ...], within: int, output: str, *, offered: bool) -> int:
    """Show which Kubernetes each CLUSTER has, or all of them, and until when its cloud supports that.

    Only files are read: outputs.yaml, `infrastructure`, cluster.yaml, config/org.yaml; the first that says
    a version counts. As text it is a line per cluster with the columns cluster, provider, version, where that
    is said, the ends of standard and of extended support; `-` stands for what is not known. With `--offered`
    it is a line per version: provider, version, the support it has today, and both ends. Ends with 1 when the
    files of a cluster are wrong, after the others.
    """
    from deployer.operations.infra.versions import look, offers

    today = app.session.clock().date()
    if offered and output == "text":
        _show_offers(offers(today))
        return 0
    looked = look(app.root, cluster, today, state=app.session.state, within=within)
    if output == "json":
        echo_json(
            {
                "clusters": [each.plain() for each in looked.found],
                "failed": [
                    {"cluster": name, "error": error.message, "hint": error.hint}
                    for name, error in looked.failed.items()
                ],
                "offered": [each.plain() for each in offers(today)],
            }
        )
    else:
        _show_versions(looked.found)
    for each in looked.found:
        for warning in each.warnings():
            app.say(f"warning: {warning}")
    for error in looked.failed.values():
        complain(error.message, error.hint)
    return 1 if looked.failed else 0


def _show_versions(found: Iterable[ClusterVersion]) -> None:
    rows = [
        (
            each.cluster,
            each.provider or "-",
            each.version or "-",
            each.said[0].where if each.said else "-",
            str(each.support.standard if each.support else "-"),
            str((each.support and each.support.extended) or "-"),
        )
        for each in found
    ]
    echo_table(("CLUSTER", "PROVIDER", "VERSION", "SAID-BY", "STANDARD", "EXTENDED"), rows)


def _show_offers(found: Iterable[Offer]) -> None:
    rows = [
        (
            each.provider,
            each.version,
            each.support.state(each.today),
            str(each.support.standard),
            str(each.support.extended or "-"),
        )
        for each in found
    ]
    echo_table(("PROVIDER", "VERSION", "SUPPORT", "STANDARD", "EXTENDED"), rows)
