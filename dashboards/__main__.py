"""Writes the dashboards into the charts, and takes away those that are no more."""

from __future__ import annotations

from pathlib import Path

from dashboards import files

CHARTS = Path(__file__).parent.parent / "helm-charts"
DIRECTORIES = {"support/files/dashboards": "", "basehub/files/dashboards": "hubs/"}
"""Where they are, and below which folder those are that belong there: a hub has no use for the cluster's."""


def write(charts: Path = CHARTS) -> None:
    """Make the files in the charts those that the modules here describe."""
    for directory, folder in DIRECTORIES.items():
        for old in (charts / directory).rglob("*.json"):
            old.unlink()
        for path, text in of(folder).items():
            file = charts / directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)


def of(folder: str) -> dict[str, str]:
    """Return the text of the files below a folder by their path in it."""
    return {path.removeprefix(folder): text for path, text in files().items() if path.startswith(folder)}


if __name__ == "__main__":
    write()
