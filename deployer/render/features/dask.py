"""Dask clusters of users' own, through Dask Gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that switch the gateway on; the rest is computed (topics/dask*.py)."""
    return {
        "dask-gateway": {"enabled": True},
        "jupyterhub": {"custom": {"deployer": {"dask": dict(settings)}}},
    }
