"""What holds for all files of hub-side Python, which z2jh runs one after the other in one namespace."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from tests.hub.conftest import Run


def names(source: str) -> Iterator[str]:
    """Return what a module defines by itself."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def test_no_two_files_define_the_same_name(repository: Path) -> None:
    """A function looks its names up when it is called, and would find the other file's."""
    owners: dict[str, str] = {}
    for file in sorted((repository / "helm-charts/basehub/files/hub").glob("*.py")):
        for name in names(file.read_text()):
            assert owners.setdefault(name, file.name) == file.name, name


def test_profiles_have_the_page_that_the_hubs_image_brings(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run("profile_page") == Config()
    (tmp_path / "jupyterhub_fancy_profiles.py").write_text(
        "def setup_ui(c):\n    c.KubeSpawner.options_form = 'fancy'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert run("profile_page") == Config({"KubeSpawner": {"options_form": "fancy"}})
