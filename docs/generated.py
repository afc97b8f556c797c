"""Write pages while the site is built: commands, files and outputs, rules, the list of decisions.

A hook of mkdocs. These pages are in no commit, so they cannot be out of date.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
import rule_pages
import schema_pages
import terraform_pages
from mkdocs.structure.files import File

from deployer.cli import COMMANDS, cli
from deployer.commands.documentation import documentation
from deployer.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

HERE = Path(__file__).parent
DECISIONS = HERE / "decisions"
WIDTH = 100


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Let the navigation end with what is generated and with the decisions."""
    reference = ["reference/commands.md", *schema_pages.pages()]
    rules = ["rules/index.md", *(f"rules/{rule.id}.md" for rule in RULES)]
    decisions = ["decisions/index.md", *(f"decisions/{path.name}" for path in decision_files())]
    generated = [{"Reference": reference}, {"Rules": rules}, {"Decisions": decisions}]
    config.nav = [*(config.nav or []), *generated]
    # The one place for the address is the project's metadata: SARIF reports name the rules' pages by it.
    config.site_url = config.site_url or documentation(os.environ)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, and the schemas, to what is in docs/."""
    pages = {"reference/commands.md": commands_page(), "decisions/index.md": decisions_page()}
    generated = {**pages, **schema_pages.pages(), **rule_pages.pages()}
    generated |= {**schema_pages.published(), **terraform_pages.pages()}
    for name, content in generated.items():
        files.append(File.generated(config, name, content=content))
    return files


def decision_files() -> list[Path]:
    """Return the decisions in the order of their numbers."""
    return sorted(DECISIONS.glob("[0-9][0-9][0-9][0-9]-*.md"))


def decisions_page() -> str:
    """Return the list of decisions, with the title that each begins with."""
    lines = []
    for path in decision_files():
        title = path.read_text().partition("\n")[0].lstrip("# ")
        lines.append(f"- [{title}]({path.name})")
    head = "# Decisions\n\nWhat was decided, why, and what follows from it.\n\n"
    return head + "\n".join(lines) + "\n"


def commands_page() -> str:
    """Return the page with the help of every command, in the order of `deployer --help`."""
    sections = [section for name in COMMANDS for section in _helps(name)]
    return "\n\n".join(["# Commands", _block(_help(cli, "deployer", None)), *sections]) + "\n"


def _helps(name: str) -> Iterator[str]:
    """Yield a section for a command, then one for each command below it."""
    root = click.Context(cli, info_name="deployer")
    command = cli.get_command(root, name)
    assert command is not None
    yield f"## {name}\n\n{_block(_help(command, name, root))}"
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name, parent=root)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield f"### {name} {below}\n\n{_block(_help(found, below, context))}"


def _help(command: click.Command, name: str, parent: click.Context | None) -> str:
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH
    )
    return command.get_help(context)


def _block(text: str) -> str:
    return f"```text\n{text}\n```"
