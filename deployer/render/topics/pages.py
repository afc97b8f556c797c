"""The pages that people see, on hubs that have a home page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

DIRECTORY = "/usr/local/share/jupyterhub/deployer-templates"
"""Where the hub has our templates. Its own, and those of a community, are looked at first."""

_SOURCES = "templates/"


def pages(subject: Subject) -> dict[str, Any]:
    """Give a hub that has a home page our templates, as files: nothing is fetched when it starts."""
    if not _has_home_page(subject):
        return {}
    found = {
        path.removeprefix(_SOURCES): text
        for path, text in subject.chart_files.items()
        if path.startswith(_SOURCES)
    }
    return {
        "jupyterhub": {
            "custom": {"deployer": {"templates": {"own": DIRECTORY}}},
            "hub": {"extraFiles": as_files(found, DIRECTORY, prefix="page")},
        }
    }


def as_files(texts: Mapping[str, str], directory: str, *, prefix: str) -> dict[str, Any]:
    """Return texts as entries of a chart's `extraFiles`, each at its path below a directory."""
    return {
        f"{prefix}-{path.replace('/', '-')}": {"mountPath": f"{directory}/{path}", "stringData": text}
        for path, text in sorted(texts.items())
    }


def _has_home_page(subject: Subject) -> bool:
    about = subject.look_up("custom", "homepage", "templateVars")
    return isinstance(about, dict) and about.get("enabled") is not False and len(about) > 0
