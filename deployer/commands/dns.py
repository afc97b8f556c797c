"""`deployer dns`: whether the names of a cluster lead to it, and the records to enter when they don't."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import App, cluster_argument, echo_json, hubs_argument, output_option
from deployer.commands.table import echo_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.operations.dns.check import Finding
    from deployer.operations.dns.plan import Plan

_HEADS = ("STATE", "HOST", "WHOSE", "SAID")

address_option = click.option(
    "--address",
    multiple=True,
    help="Where the cluster is reached: an IP address or a name. Else its Service is asked. May be repeated.",
)


@click.group()
def dns() -> None:
    """See which records in DNS the hosts of a cluster need, and whether they are there."""


@dns.command()
@cluster_argument
@hubs_argument
@address_option
@click.option("--resolver", metavar="SERVER", help="The DNS server to ask: `ADDRESS` or `ADDRESS:PORT`.")
@output_option
@click.pass_obj
def check(
    app: App,
    *,
    cluster: str,
    hub: tuple[str, ...],
    address: tuple[str, ...],
    resolver: str | None,
    output: str,
) -> int:
    """Check that DNS leads to CLUSTER for the hosts of HUBS, or of all hubs, Grafana and Prometheus.

    Also whether CAA records let Let's Encrypt issue certificates for them. Ends with 1 if something is
    wrong, and says what to enter.
    """
    from deployer.operations.dns.check import check as operation
    from deployer.tools.resolver import Resolver

    # Before the cluster is asked: a wrong one is told at once.
    asked = Resolver(resolver)
    wanted = _wanted(app, cluster, hub, address)
    found = operation(asked, wanted, app.interruption)
    if output == "json":
        echo_json({**wanted.plain(), "hosts": [each.plain() for each in found]})
    else:
        _show(app, found)
    return 1 if any(each.wrong for each in found) else 0


@dns.command()
@cluster_argument
@hubs_argument
@address_option
@output_option
@click.pass_obj
def records(app: App, *, cluster: str, hub: tuple[str, ...], address: tuple[str, ...], output: str) -> None:
    """Print the records to enter for the hosts of HUBS, or of all, as a zone file has them.

    No DNS server is asked.
    """
    wanted = _wanted(app, cluster, hub, address)
    if output == "json":
        echo_json({**wanted.plain(), "hosts": []})
        return
    for record in wanted.records():
        click.echo(record.line())


def _wanted(app: App, cluster: str, hub: tuple[str, ...], address: tuple[str, ...]) -> Plan:
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.fleet.model import SUPPORT
    from deployer.operations.dns.plan import plan

    # Who issues certificates, so which CAA records count, is in the files of the support.
    fleet = app.fleet(cluster, (*hub, SUPPORT) if hub else ())
    chosen = select_cluster(fleet, cluster)
    return plan(app.session, fleet, chosen, select_hubs(chosen, hub), whole=not hub, said=address)


def _show(app: App, found: Sequence[Finding]) -> None:
    rows = [(_state(each), each.wanted.name, each.wanted.owner, each.said) for each in found]
    echo_table(_HEADS, rows, quiet=app.verbosity < 0)
    for advice in dict.fromkeys(each for finding in found for each in finding.advice):
        app.hint(advice)
    wrong = sum(each.wrong for each in found)
    app.say(f"{wrong} of {len(found)} wrong" if wrong else f"{len(found)} looked at, none wrong")


def _state(finding: Finding) -> str:
    return "CAA" if finding.wrong and finding.state in ("right", "proxy") else finding.state
