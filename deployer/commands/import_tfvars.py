"""`deployer import-tfvars`: the `infrastructure` block that a cluster's Terraform variables become."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.commands.app import echo_json

if TYPE_CHECKING:
    from deployer.commands.app import App


@click.command("import-tfvars")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--provider",
    type=click.Choice(["gcp", "aws", "azure"]),
    required=True,
    help="Whose module the variables are for.",
)
@click.option(
    "--output",
    "-o",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="How the result is written to stdout.",
)
@click.pass_obj
def import_tfvars(app: App, *, file: Path, provider: str, output: str) -> None:
    """Make an `infrastructure` block of FILE, the variables of a cluster of 2i2c's Terraform modules.

    It is printed, for cluster.yaml; nothing is written. What it leaves out is told on stderr, with the line
    and the reason. Where a module has another default than ours, the block says the module's.
    """
    from deployer.operations.tfvars.conversion import convert
    from deployer.render.text import as_yaml

    made = convert(file, provider)
    if output == "json":
        echo_json(made.plain())
    else:
        click.echo(as_yaml({"infrastructure": made.infrastructure}, sort=False), nl=False)
    for each in made.left_out:
        app.say(f"{made.file}:{each.line}: {each.key}: {each.reason}")
    for missing in made.missing:
        app.say(f"warning: {missing}")
    if made.left_out:
        app.say(f"{len(made.left_out)} of its values are not in the block")
