"""Write pages while the site is built: the commands' help, the files' keys, the list of decisions.

A hook of mkdocs. These pages are in no commit, so they cannot be out of date.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from mkdocs.structure.files import File

from deployer.cli import COMMANDS, cli

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

HERE = Path(__file__).parent
DECISIONS = HERE / "decisions"
SCHEMAS = HERE.parent / "deployer" / "fleet" / "schemas"
WIDTH = 100


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Let the navigation end with what is generated and with the decisions."""
    reference = ["reference/commands.md", *(f"reference/{name}.md" for name in schemas())]
    decisions = ["decisions/index.md", *(f"decisions/{path.name}" for path in decision_files())]
    config.nav = [*(config.nav or []), {"Reference": reference}, {"Decisions": decisions}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those in docs/."""
    pages = {"reference/commands.md": commands_page(), "decisions/index.md": decisions_page()}
    for name, schema in schemas().items():
        pages[f"reference/{name}.md"] = schema_page(schema)
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    return files


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every kind of file that people write, by name."""
    found = sorted(SCHEMAS.glob("*.schema.json"))
    return {path.name.partition(".")[0]: json.loads(path.read_text()) for path in found}


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


def schema_page(schema: dict[str, Any]) -> str:
    """Return the page of one kind of file: a table of its keys, with what each means and may be."""
    rows = "\n".join(_rows(schema, schema, ""))
    head = f"# {schema['title']}\n\n{schema['description']}\n"
    return f"{head}\n| Key | Value | Meaning |\n| --- | --- | --- |\n{rows}\n"


def _rows(schema: dict[str, Any], node: dict[str, Any], at: str) -> Iterator[str]:
    """Yield a table row for each key below `node`, depth first."""
    required = node.get("required", ())
    for key, given in node.get("properties", {}).items():
        found = _resolved(schema, given)
        path = f"{at}.{key}".lstrip(".")
        meaning = _cell(str(found.get("description", "")) + (" **Required.**" if key in required else ""))
        yield f"| `{path}` | {_cell(_kind(schema, found))} | {meaning} |"
        yield from _rows(schema, found, path)
        if "items" in found:
            yield from _rows(schema, _resolved(schema, found["items"]), f"{path}[]")
        if isinstance(found.get("additionalProperties"), dict):
            yield from _rows(schema, _resolved(schema, found["additionalProperties"]), f"{path}.*")


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow a `$ref` within the schema; what stands beside it counts more."""
    if "$ref" not in node:
        return node
    target: Any = schema
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**_resolved(schema, target), **beside}


def _kind(schema: dict[str, Any], node: dict[str, Any]) -> str:
    """Return in a few words what a value may be."""
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    kinds = node.get("type", "any")
    words = kinds if isinstance(kinds, str) else " or ".join(kinds)
    if words == "array" and "items" in node:
        return f"list of {_kind(schema, _resolved(schema, node['items']))}"
    return {"object": "map", "array": "list"}.get(words, words)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
