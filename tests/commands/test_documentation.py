"""Where the documentation is published: the environment says it, else the project's metadata."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from deployer.commands.documentation import documentation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("address", ["https://docs.example.org/x", "https://docs.example.org/x/"])
def test_the_environment_names_it(address: str) -> None:
    assert documentation({"DEPLOYER_DOCS": address}) == "https://docs.example.org/x/"


def test_else_the_metadata_do(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    address = project.get("urls", {}).get("Documentation")
    assert documentation({}) == (f"{address.rstrip('/')}/" if address else None)
