"""The pages about files and outputs that have a schema, and the schemas themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.fleet.schema_files import names, text, whole
from deployer.operations.schemas import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.schemas import Kind

PAGE = """\
# Schemas

JSON schemas, which `deployer schema KIND` prints too. How editors find them is told in
[Validation](../validation.md#in-an-editor).

## Files that people write

{files}

The schema of values here is the chart's own, which leaves open what is below the names of its packages.
`deployer schema values` has those in it as well.

## What commands write for programs

With `--output json`, or `--format json`.

{outputs}
"""
CHARTS = Path(__file__).parent.parent / "helm-charts"


def pages() -> dict[str, str]:
    """Return a page for each kind of document that has a schema of ours, and the list of all, by name."""
    found = {f"reference/{name}.md": schema_page(json.loads(text)) for name, text in own().items()}
    return {"reference/schemas.md": _index(), **found}


def published() -> dict[str, str]:
    """Return the schemas as files of the site, by name."""
    values = (CHARTS / "basehub" / "values.schema.json").read_text(encoding="utf-8")
    return {f"schemas/{name}.schema.json": text for name, text in {**own(), "values": values}.items()}


def own() -> dict[str, str]:
    """Return the text of every schema that comes with the program, by the name of its kind."""
    return {name: text(whole(name)) for name in names()}


def _index() -> str:
    files = [kind for kind in kinds() if kind.file]
    outputs = [kind for kind in kinds() if not kind.file]
    return PAGE.format(files=_table(files), outputs=_table(outputs))


def _table(listed: list[Kind]) -> str:
    rows = [
        f"| {kind.name if kind.name not in own() else f'[{kind.name}]({kind.name}.md)'} "
        f"| {_cell(kind.description)} "
        f"| [{kind.name}.schema.json](../schemas/{kind.name}.schema.json) |"
        for kind in listed
    ]
    return "\n".join(["| Kind | What it is | Schema |", "| --- | --- | --- |", *rows])


def schema_page(schema: dict[str, Any]) -> str:
    """Return the page of one kind of document: a table of its keys, with what each means and may be."""
    whole = _resolved(schema, schema["items"]) if schema.get("type") == "array" else schema
    rows = "\n".join(_rows(schema, whole, "" if whole is schema else "[]"))
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
        return f"`{json.dumps(node['const'])}`"
    if "enum" in node:
        return ", ".join(f"`{'null' if value is None else value}`" for value in node["enum"])
    kinds_ = node.get("type", "any")
    words = kinds_ if isinstance(kinds_, str) else " or ".join(kinds_)
    if words == "array" and "items" in node:
        return f"list of {_kind(schema, _resolved(schema, node['items']))}"
    return {"object": "map", "array": "list"}.get(words, words)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
