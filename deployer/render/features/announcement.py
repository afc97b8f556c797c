"""What everybody has to know, at the top of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the chart's hub-side Python (files/hub/pages.py) shows, and until when."""
    return {"jupyterhub": {"custom": {"deployer": {"announcement": dict(settings)}}}}
