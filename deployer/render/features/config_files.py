"""Files that every server has: settings of Jupyter, JupyterLab, IPython and the like."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_WRITTEN_BY_THE_CHART = {".json", ".toml", ".yaml", ".yml"}


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the files as z2jh's `extraFiles`."""
    files = {
        # A key of a Secret, in which `/` is not allowed.
        f"config{path.replace('/', '--')}": {"mountPath": path, **_content(path, content)}
        for path, content in sorted(settings.items())
    }
    return {"jupyterhub": {"singleuser": {"extraFiles": files}}} if files else {}


def _content(path: str, content: str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(content, str):
        return {"stringData": content}
    if PurePosixPath(path).suffix in _WRITTEN_BY_THE_CHART:
        return {"data": content}
    return {"stringData": json.dumps(content, indent=2) + "\n"}
