"""What the Terraform modules have in common, and what a linter would find: read from their files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

TERRAFORM = Path(__file__).parents[2] / "terraform"
MODULES = sorted(path.parent for path in TERRAFORM.glob("*/versions.tf"))
CLOUDS = [path for path in MODULES if not path.name.startswith("bootstrap-")]
OF_ONE_CLOUD = {"autoscaler_role": "the autoscaler of the other clouds is theirs"}
"""For each output that not all clouds have: why."""


def text(module: Path) -> str:
    """Return all of a module but its comments."""
    whole = "\n".join(path.read_text(encoding="utf-8") for path in sorted(module.glob("*.tf")))
    return re.sub(r"^\s*#.*$", "", whole, flags=re.MULTILINE)


def declared(module: Path, kind: str) -> list[str]:
    """Return the names of `variable`, `output` or the like."""
    return re.findall(rf'^{kind} "(\w+)"', text(module), re.MULTILINE)


def local_names(module: Path) -> set[str]:
    """Return what the module's `locals` blocks name, which are formatted: two blanks deep."""
    blocks = re.findall(r"^locals \{\n(.*?)^\}", text(module), re.MULTILINE | re.DOTALL)
    return {name for block in blocks for name in re.findall(r"^  (\w+) +=", block, re.MULTILINE)}


@pytest.fixture
def pages(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module that writes the pages about them."""
    monkeypatch.syspath_prepend(str(repository / "docs"))
    return import_module("terraform_pages")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
class TestModule:
    def test_what_is_declared_is_used(self, module: Path) -> None:
        content = text(module)
        data = re.findall(r'^data "(\w+)" "(\w+)"', content, re.MULTILINE)
        assert {name for name in declared(module, "variable") if f"var.{name}" not in content} == set()
        assert {name for name in local_names(module) if f"local.{name}" not in content} == set()
        assert {each for each in data if f"data.{each[0]}.{each[1]}" not in content} == set()

    def test_what_is_used_is_declared(self, module: Path) -> None:
        used = set(re.findall(r"\bvar\.(\w+)", text(module)))
        assert used <= set(declared(module, "variable"))

    def test_variables_are_sorted_and_each_has_a_type_and_says_what_it_is(self, module: Path) -> None:
        names = declared(module, "variable")
        assert names == sorted(names)
        for kind, needed in (("variable", {"description", "type"}), ("output", {"description", "value"})):
            for block in re.findall(rf'^{kind} "\w+" \{{\n.*?^\}}', text(module), re.MULTILINE | re.DOTALL):
                assert needed <= set(re.findall(r"^  (\w+) +=", block, re.MULTILINE)), block

    def test_providers_are_pinned_exactly(self, module: Path) -> None:
        versions = (module / "versions.tf").read_text()
        assert re.findall(r'^ +version = "(.+)"', versions, re.MULTILINE)
        for version in re.findall(r'^ +version = "(.+)"', versions, re.MULTILINE):
            assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert 'required_version = ">= 1.11"' in versions

    @pytest.mark.integration
    @pytest.mark.parametrize("program", ["terraform", "tofu"])
    def test_the_format_is_the_programs_own(self, module: Path, program: str, repository: Path) -> None:
        tools = f"{repository / '.tools/bin'}{os.pathsep}{os.environ['PATH']}"
        path = shutil.which(program, path=tools)
        if path is None:
            pytest.skip(f"not installed: {program}")
        environ = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull}
        done = subprocess.run(
            [path, "fmt", "-check", "-diff", module], capture_output=True, text=True, env=environ
        )
        assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("module", CLOUDS, ids=lambda path: path.name)
def test_each_file_is_about_a_topic_of_the_table(module: Path, pages: Any) -> None:
    files = {path.stem for path in module.glob("*.tf")}
    known = {file: topic for topic, files in pages.TOPICS.items() for file in files}
    assert files - pages.NOT_BUILT <= set(known)
    assert {known[file] for file in files if file in known} == set(pages.TOPICS)
    built = [block for blocks in pages.topics(module.name).values() for block in blocks]
    assert len(built) == len(re.findall(r"^resource ", text(module), re.MULTILINE))


def common(names: Mapping[str, set[str]]) -> set[str]:
    """Return what only some clouds have."""
    every, first = set().union(*names.values()), next(iter(names.values()))
    return every - first.intersection(*names.values())


def test_a_variable_that_not_all_clouds_have_has_a_note_in_the_table(pages: Any) -> None:
    names = {path.name: set(declared(path, "variable")) for path in CLOUDS}
    assert common(names) == set(pages.NOTES)
    assert names == {cloud: set(pages.variables(cloud)) for cloud in names}


def test_an_output_that_not_all_clouds_have_has_a_reason() -> None:
    assert common({path.name: set(declared(path, "output")) for path in CLOUDS}) == set(OF_ONE_CLOUD)
