"""Fleets on disk, for tests of how they are loaded."""

from __future__ import annotations

from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
EVERY_KEY = EXAMPLES / "valid/every-key"


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def two_clusters(directory: Path) -> Path:
    """Make a fleet with the clusters `alps` and `sea`, and return its root."""
    for name in ("alps", "sea"):
        write(directory, f"config/clusters/{name}/cluster.yaml", f"name: {name}\nprovider: local\n")
    return directory
