"""`deployer doctor`: the programs that deployer uses."""

from __future__ import annotations

import click

from deployer.commands.app import App, echo_json, output_option


@click.command()
@output_option
@click.pass_obj
def doctor(app: App, *, output: str) -> int:
    """Check the programs that deployer uses, and say what to type for those that are missing.

    Exits with 1 when a program is missing, too old or broken that no operator can do without.
    """
    from deployer.operations.doctor import examine

    findings = examine(app.session)
    if output == "json":
        echo_json(
            [
                {
                    "program": finding.program.name,
                    "purpose": finding.program.purpose,
                    "required": finding.program.required,
                    "state": finding.state,
                    "version": finding.version,
                    "path": finding.path,
                    "install": finding.program.install,
                }
                for finding in findings
            ]
        )
    else:
        for finding in findings:
            program = finding.program
            told = finding.version or "-"
            advice = "" if finding.state == "ok" else f"  install: {program.install}"
            click.echo(f"{program.name:<12} {finding.state:<8} {told:<10} {program.purpose}{advice}")
    return int(any(finding.program.required and finding.state != "ok" for finding in findings))
