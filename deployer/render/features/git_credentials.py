"""Pushing to GitHub from servers, to chosen repositories and for some hours: gh-scoped-creds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject


def values(_subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables by which `gh-scoped-creds` in a user's image knows the community's GitHub app."""
    told = {
        "GH_SCOPED_CREDS_CLIENT_ID": settings["client_id"],
        "GH_SCOPED_CREDS_APP_URL": settings["app_url"],
    }
    return {"jupyterhub": {"singleuser": {"extraEnv": told}}}
