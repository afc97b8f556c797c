"""What clouds say of themselves: regions, zones, quotas. Each table has its day and its sources.

They are read when they are first asked for.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
"""The clouds that have a table, and what they are called."""


@cache
def facts(cloud: str) -> dict[str, Any]:
    """Return the table of a cloud. Nobody may change it."""
    table = Path(__file__).with_name(f"{cloud}.json")
    found: dict[str, Any] = json.loads(table.read_text(encoding="utf-8"))
    return found
