"""What is true of the whole repository: its documents, its locks, its commands, its hooks."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from deployer import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
# Written in two parts, or this file would be the first to fail.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("proxy", "golang.org"),
        ("registry", "npmjs.org"),
        ("pypi", "org"),
        ("files", "pythonhosted.org"),
    )
)
BLOCK = re.compile(r"^( *)```ya?ml\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


@cache
def files() -> tuple[Path, ...]:
    """Return the files that git would track: not those that .gitignore names."""
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().split()]
    found = []
    for directory, below, names in os.walk(ROOT):
        kept = [name for name in (*below, *names) if not any(fnmatch(name, pattern) for pattern in ignored)]
        below[:] = [name for name in below if name in kept and name != ".git"]
        found += [Path(directory, name) for name in names if name in kept]
    return tuple(sorted(found))


def documents() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, groups and what is in them."""
    waiting: list[tuple[str, click.Command, click.Context]] = []
    root = click.Context(cli.cli, info_name="deployer")
    waiting.append(("deployer", cli.cli, root))
    while waiting:
        name, command, context = waiting.pop()
        yield name, command
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                found = command.get_command(context, below)
                assert found is not None, f"{name} lists {below} and does not have it"
                waiting.append(
                    (f"{name} {below}", found, click.Context(found, info_name=below, parent=context))
                )


def requirements(path: Path) -> dict[str, str]:
    """Return the requirements of a lock file: name and version, and everything that belongs to it."""
    text = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
    entries = re.split(r"\n(?=\S)", text.replace("\\\n", " ").strip())
    return {entry.split()[0]: entry for entry in entries}


LOCKS = [path for path in files() if path.name in ("main.txt", "dev.txt", "grading.txt", "requirements.txt")]


def test_every_yaml_block_in_the_documents_loads() -> None:
    broken = []
    for path in documents():
        for found in BLOCK.finditer(path.read_text()):
            try:
                yaml.safe_load(found[2])
            except yaml.YAMLError as error:
                broken.append(f"{path.relative_to(ROOT)}: {error}")
    assert broken == []


def test_no_file_names_a_package_registry_or_the_place_of_this_checkout() -> None:
    places = (*REGISTRIES, f"{ROOT}/")
    named = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in files()
        for place in places
        if place.encode() in path.read_bytes()
    ]
    assert named == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "deployer").rglob("*.py")
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_every_command_and_option_has_help() -> None:
    silent = [name for name, command in commands() if not command.help]
    silent += [
        f"{name} {option.opts[0]}"
        for name, command in commands()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


def test_the_help_of_every_command_renders_and_names_it() -> None:
    for name, command in commands():
        words = name.split()
        context = click.Context(command, info_name=words[-1], terminal_width=80)
        assert command.get_help(context).startswith(f"Usage: {words[-1]} ")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_lock_pins_versions_with_hashes_and_names_no_index(lock: Path) -> None:
    found = requirements(lock)
    loose = [
        name
        for name, entry in found.items()
        if not re.fullmatch(r"[\w.-]+(\[.*\])?==\S+", name) or "--hash=sha256:" not in entry
    ]
    assert (bool(found), loose, "://" in lock.read_text()) == (True, [], False)


def test_the_locks_hold_all_dependencies_and_agree_with_each_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=~!\[; ]", line)[0].lower() for line in project["dependencies"]}
    main = set(requirements(ROOT / "requirements" / "main.txt"))
    dev = set(requirements(ROOT / "requirements" / "dev.txt"))
    assert main <= dev
    assert wanted <= {entry.partition("==")[0].partition("[")[0] for entry in main}


def test_go_modules_have_their_sums() -> None:
    lacking = [
        path.parent.name
        for path in (ROOT / "tools").glob("*/go.mod")
        if "require" in path.read_text() and not path.with_name("go.sum").exists()
    ]
    assert lacking == []


def test_decisions_are_numbered_without_gaps_and_have_three_parts() -> None:
    paths = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in paths] == [f"{number:04d}" for number in range(1, len(paths) + 1)]
    for path in paths:
        headings = re.findall(r"^#+ (.*)", path.read_text(), re.MULTILINE)
        assert headings[0].startswith(f"{path.name[:4]}. "), path.name
        assert headings[1:] == ["Context", "Decision", "Consequences"], path.name


def test_hooks_come_from_this_repository_and_use_the_tools_of_the_environment() -> None:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    kinds = {(repo["repo"], hook["language"]) for repo in repos for hook in repo["hooks"]}
    assert kinds == {("local", "system")}


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.name
)
def test_workflows_get_no_permissions_unasked_and_pin_actions_by_hash(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    loose = [
        step["uses"] for step in steps if "uses" in step and not re.search(r"@[0-9a-f]{40}$", step["uses"])
    ]
    assert (workflow["permissions"], loose) == ({}, [])
