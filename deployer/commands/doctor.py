"""`deployer doctor`: the programs that deployer uses, or a cluster and what hubs count on there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import App, complete_cluster, echo_json, output_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployer.operations.cluster_doctor.finding import Finding
    from deployer.operations.doctor import Finding as OfProgram


@click.command()
@click.argument("cluster", required=False, shell_complete=complete_cluster)
@output_option
@click.pass_obj
def doctor(app: App, *, cluster: str | None, output: str) -> int:
    """Check the programs that deployer uses, and say what to type for those that are missing.

    With CLUSTER, look at that cluster instead, and write nothing to it: its support and the definitions of
    resources, its address, certificates, disks, metrics, its version of Kubernetes.

    Exits with 1 when something is missing, too old or broken that no operator can do without, or no hub.
    """
    if cluster is not None:
        return _of_cluster(app, cluster, output)
    from deployer.operations.doctor import examine

    findings = examine(app.session)
    if output == "json":
        echo_json([_plain(finding) for finding in findings])
    else:
        for finding in findings:
            program = finding.program
            told = finding.version or "-"
            advice = "" if finding.state == "ok" else f"  install: {program.install}"
            click.echo(f"{program.name:<12} {finding.state:<8} {told:<10} {program.purpose}{advice}")
    return int(any(finding.program.required and finding.state != "ok" for finding in findings))


def _plain(finding: OfProgram) -> dict[str, object]:
    return {
        "program": finding.program.name,
        "purpose": finding.program.purpose,
        "required": finding.program.required,
        "state": finding.state,
        "version": finding.version,
        "path": finding.path,
        "install": finding.program.install,
    }


def _of_cluster(app: App, name: str, output: str) -> int:
    from deployer.fleet.load import select_cluster
    from deployer.fleet.model import SUPPORT
    from deployer.operations.cluster_doctor.examine import examine

    # What is wrong with values of hubs does not matter here.
    fleet = app.fleet(name, (SUPPORT,))
    found = examine(app.session, fleet, select_cluster(fleet, name))
    if output == "json":
        echo_json({"cluster": name, "checks": [each.plain() for each in found]})
    else:
        _show(found)
    return int(any(each.required and each.state != "ok" for each in found))


def _show(found: Sequence[Finding]) -> None:
    width = max(len(each.check) for each in found)
    for each in found:
        advice = f"  next: {each.next}" if each.next else ""
        click.echo(f"{each.check:<{width}}  {each.state:<7}  {each.told}{advice}")
