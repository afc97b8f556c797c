"""Comparing output with a file that holds what it was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Golden:
    """Compares with files, or rewrites them when `update` says so."""

    update: bool

    def check(self, path: Path, text: str) -> None:
        """Fail unless the file holds this text."""
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"no {path.name}: write it with `pytest --update-golden`"
        assert text == path.read_text(encoding="utf-8")


def without_dashboards(text: str) -> str:
    """Return objects with only the names of dashboards' files in them, which have tests of their own."""
    return re.sub(r"^  ([a-z]+\.json): \|-?\n(?: {4}.*\n|\n)+", r"  \1: its text\n", text, flags=re.MULTILINE)
