"""A cohort: people who are admitted until a date, by hub-side Python that looks at the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the hub is told of its cohort."""
    told = {key: settings[key] for key in ("users", "until", "keep")}
    return {"jupyterhub": {"custom": {"deployer": {"cohort": told}}}}
