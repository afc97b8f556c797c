"""packages.sha256: the recorded sha256 of each package that a chart needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HASHES = "packages.sha256"
"""Beside a Chart.yaml; the lines are those of `sha256sum`, and `#` begins a comment."""

_HEADER = (
    "# The sha256 of each package that the chart needs, written by `deployer charts update`.\n"
    "# A comment belongs to the line below it, and stays as long as that line does.\n"
)


def read_hashes(path: Path) -> dict[str, str]:
    """Return the recorded hashes by file name; none when there is no such file."""
    return {name: sha256 for name, (sha256, _) in _entries(path).items()}


def hashes_text(path: Path, hashes: Mapping[str, str]) -> str:
    """Return the new content of the file: the given hashes, with the comments of those that stay the same."""
    before = _entries(path)
    lines = [_HEADER]
    for name, sha256 in sorted(hashes.items()):
        known, comments = before.get(name, ("", ()))
        lines += comments if known == sha256 else ()
        lines.append(f"{sha256}  {name}\n")
    return "".join(lines)


def _entries(path: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return hash and preceding comments by file name."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    comments: list[str] = []
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    for line in text.removeprefix(_HEADER).splitlines(keepends=True):
        words = line.split()
        if line.startswith("#"):
            comments.append(line)
        elif len(words) == 2:
            found[words[1].removeprefix("*")] = (words[0].lower(), tuple(comments))
            comments = []
    return found
