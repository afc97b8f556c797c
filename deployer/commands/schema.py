"""`deployer schema`: what editors and programs need to know of our files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from deployer.commands.app import App


@click.command()
@click.argument("kind", required=False)
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write KIND.schema.json into this directory; without KIND, those of all files that people write.",
)
@click.pass_obj
def schema(app: App, *, kind: str | None, to: Path | None) -> None:
    """Print or write the JSON schema of a KIND of file, or of what a command prints for programs.

    Without KIND and `--to`, lists what there is. The schema of `values` is that of the fleet's chart and of
    all packages in it. A file that begins with the line `# yaml-language-server: $schema=PATH` is completed,
    explained and checked by editors that know it, without a network.
    """
    from deployer.operations import schemas

    if kind is None and to is None:
        for each in schemas.kinds():
            click.echo(f"{each.name:<18} {each.description}")
        return
    names = [kind] if kind else [each.name for each in schemas.kinds() if each.file]
    for name in names:
        found, notices = schemas.schema(app.session, app.root if name == "values" else Path(), name)
        for notice in notices:
            app.say(f"notice: {notice}")
        if to is None:
            click.echo(schemas.text_of(found), nl=False)
        else:
            to.mkdir(parents=True, exist_ok=True)
            path = to / f"{name}.schema.json"
            path.write_text(schemas.text_of(found), encoding="utf-8")
            click.echo(path)
    if to is not None:
        app.hint("begin a file with `# yaml-language-server: $schema=` and the path from it to its schema")
