"""The pages that are written while the site is built."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
import jsonschema
import pytest
import yaml

from deployer.commands.new import new
from deployer.fleet.rule import Rule
from deployer.fleet.schema_files import SCHEMAS, whole
from deployer.operations.validation.validate import validate
from deployer.rules.catalogue import RULES
from tests.charts.making import write_mirror

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

BESIDE = ("file", "oauth-client", "missing-password", "dynamic-images")
"""What is wrong only because the values files that go with a cluster are not pasted."""
BLOCK = re.compile(r"^( *)```yaml\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
SCHEMA_LINE = re.compile(r"# yaml-language-server: \$schema=(?:\S+/)?(\w+)\.schema\.json\n")


def blocks(repository: Path) -> list[tuple[str, str]]:
    """Return the YAML in the documents, each with the name of its file."""
    documents = [repository / "README.md", *sorted((repository / "docs").rglob("*.md"))]
    return [(path.name, found[2]) for path in documents for found in BLOCK.finditer(path.read_text())]


def test_examples_in_the_documents_name_their_schema_and_are_as_it_says(repository: Path) -> None:
    named = [(name, SCHEMA_LINE.match(text), yaml.safe_load(text)) for name, text in blocks(repository)]
    kinds = {line[1]: content for _, line, content in named if line}
    assert {"cluster", "values"} <= set(kinds)
    for _, line, content in named:
        if line and line[1] != "values":
            jsonschema.validate(content, whole(line[1]))
    assert [name for name, line, content in named if "provider" in content and not line] == []


def clusters(repository: Path) -> list[tuple[str, str]]:
    """Return the examples that are a whole cluster.yaml, each with the name of its document."""
    return [(name, text) for name, text in blocks(repository) if "provider" in yaml.safe_load(text)]


def test_a_cluster_in_the_documents_is_right_when_it_is_pasted(
    session: Session, tmp_path: Path, repository: Path
) -> None:
    """All but the files beside it, which an example names and does not show, and secrets."""
    session = replace(session, chart_mirror=write_mirror(tmp_path / "mirror"))
    found = []
    for number, (name, text) in enumerate(clusters(repository)):
        root = tmp_path / f"{number}"
        place = root / "config/clusters" / yaml.safe_load(text)["name"]
        place.mkdir(parents=True)
        (place / "cluster.yaml").write_text(text)
        report = validate(session, root, render=False)
        assert not [notice for notice in report.notices if "format" in notice]
        found += [f"{name}: {each}" for each in report.problems if each.rule not in BESIDE]
    assert "\n".join(found) == ""


def test_workflows_in_the_documents_get_no_permissions_unasked(repository: Path) -> None:
    workflows = [content for _, text in blocks(repository) if "jobs" in (content := yaml.safe_load(text))]
    assert len(workflows) == 3
    for workflow in workflows:
        # One is there to push a branch.
        contents = "write" if workflow.get("name") == "set-image" else "read"
        assert workflow["permissions"] == {}
        assert all(job["permissions"]["contents"] == contents for job in workflow["jobs"].values())


def test_commands_that_describe_hubs_have_the_options_that_the_documents_say(repository: Path) -> None:
    documents = [repository / "README.md", *sorted((repository / "docs").rglob("*.md"))]
    lines = [line for path in documents for line in path.read_text().splitlines()]
    said = [line.partition("#")[0] for line in lines if re.match(r" {4}deployer (--root \. )?new ", line)]
    assert len(said) >= 8
    for line in said:
        name, *rest = shlex.split(line.partition(" new ")[2])
        command = new.commands[name]
        # Raises UsageError for an option that there is not.
        command.make_parser(click.Context(command)).parse_args(rest)


@pytest.fixture
def rule_pages(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Modules in docs/ are found as mkdocs finds them: beside its hook."""
    monkeypatch.syspath_prepend(str(repository / "docs"))
    return import_module("rule_pages")


@pytest.fixture
def schema_pages(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(repository / "docs"))
    return import_module("schema_pages")


def test_every_rule_has_a_page_and_stands_in_the_index_once(rule_pages: Any) -> None:
    pages = rule_pages.pages()
    assert set(pages) == {"rules/index.md", *(f"rules/{rule.id}.md" for rule in RULES)}
    linked = re.findall(r"^\| \[([^]]+)\]\(\1\.md\) \|", pages["rules/index.md"], re.MULTILINE)
    assert sorted(linked) == sorted(rule.id for rule in RULES)


def test_the_page_of_a_rule_has_its_reason_and_its_examples_with_what_is_said(
    rule_pages: Any, repository: Path
) -> None:
    page = rule_pages.pages()["rules/duplicate-key.md"]
    examples = repository / "tests/examples"
    said = (examples / "invalid/duplicate-key/expected.txt").read_text()
    written = "config/clusters/campus/research.values.yaml"
    wrong = (examples / "invalid/duplicate-key" / written).read_text()
    right = (examples / "valid/duplicate-key" / written).read_text()
    assert page.startswith(
        "# duplicate-key\n\nRefuse a key that is written twice in one map.\n\n"
        "**Severity:** error: it stops a deploy.\n\n"
        "The last one would count and the others would be lost in silence.\n\n"
        "It cannot be ignored: without it nothing else can be trusted.\n\n## Wrong\n"
    )
    assert f"`{written}`\n\n```yaml\n{wrong}```\n" in page
    assert f"What is said:\n\n```text\n{said}```\n" in page
    assert "## Right\n" in page
    assert f"`{written}`\n\n```yaml\n{right}```\n" in page


def test_a_variant_names_itself_and_belongs_to_no_rule_of_a_shorter_name(
    rule_pages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("chart", "chart--of-its-own", "chart-schema"):
        (tmp_path / "invalid" / name).mkdir(parents=True)
    monkeypatch.setattr(rule_pages, "PLACES", (tmp_path,))
    rule: Rule[Any] = Rule(id="chart", severity="warning", summary="Want a chart.")
    assert [path.name for path in rule_pages.examples(rule, "invalid")] == ["chart", "chart--of-its-own"]
    page = rule_pages.page(rule)
    assert re.findall("^## .*", page, re.MULTILINE) == ["## Wrong", "## Wrong: of its own"]
    assert "**Severity:** warning: it does not stop a deploy." in page
    assert "`# deployer: ignore=chart REASON`" in page


def test_a_long_file_is_cut_and_backticks_within_do_not_end_it(
    rule_pages: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = tmp_path / "invalid/chart"
    example.mkdir(parents=True)
    (example / "long.yaml").write_text("a: |\n  ```\n" + "  x\n" * 98)
    monkeypatch.setattr(rule_pages, "PLACES", (tmp_path,))
    page = rule_pages.page(Rule(id="chart", severity="error", summary="Want a chart."))
    block = page.partition("`long.yaml`\n\n")[2]
    assert block.startswith("````yaml\na: |\n  ```\n")
    assert block.endswith("  x\n... and 20 more lines\n````\n")


def test_every_schema_has_a_page_stands_in_the_list_and_is_published(schema_pages: Any) -> None:
    names = {path.name.partition(".")[0] for path in SCHEMAS.glob("*.schema.json")}
    pages, published = schema_pages.pages(), schema_pages.published()
    assert set(pages) == {"reference/schemas.md", *(f"reference/{name}.md" for name in names)}
    assert set(published) == {f"schemas/{name}.schema.json" for name in (*names, "values")}
    linked = set(re.findall(r"\.\./(schemas/[^)]+)\)", pages["reference/schemas.md"]))
    assert linked == set(published)
    for text in published.values():
        assert json.loads(text)["title"]


def test_the_page_of_a_list_tells_of_its_entries(schema_pages: Any) -> None:
    page = schema_pages.pages()["reference/doctor.md"]
    assert "| `[].program` | string | The program's name. **Required.** |" in page
    page = schema_pages.pages()["reference/local-status.md"]
    assert "| `provider` | `kind`, `node`, `null` |" in page


def test_no_key_of_a_schema_is_left_out_of_its_page(schema_pages: Any) -> None:
    page = schema_pages.pages()["reference/deploy.md"]
    schema = json.loads((SCHEMAS / "deploy.schema.json").read_text())
    keys = [f"hubs[].{key}" for key in schema["definitions"]["outcome"]["properties"]]
    below = keys.index("hubs[].freeze") + 1
    keys[below:below] = [f"hubs[].freeze.{key}" for key in schema["definitions"]["freeze"]["properties"]]
    assert re.findall(r"^\| `([^`]+)`", page, re.MULTILINE) == ["cluster", "hubs", *keys]
