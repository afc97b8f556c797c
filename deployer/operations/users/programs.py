"""The programs that run in the cluster: their text, how they are called, what they tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HOMES = "home_directories"
DATABASE = "hub_database"
ARCHIVES = "archive_homes"

_RESULT = "result: "
_INSIDE = Path(__file__).parent / "inside"


def command(program: str, mode: str, *arguments: str) -> list[str]:
    """Return the command that runs one step of a program where this package is not installed."""
    text = (_INSIDE / f"{program}.py").read_text(encoding="utf-8")
    return ["python3", "-c", text, mode, *arguments]


def told(output: str) -> dict[str, Any]:
    """Return what a program told in its output; nothing when it did not get that far."""
    for line in reversed(output.splitlines()):
        if line.startswith(_RESULT):
            found: dict[str, Any] = json.loads(line.removeprefix(_RESULT))
            return found
    return {}
