"""GitHub: organisations and teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features.sign_in.way import Way, group_traits, managed, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_SEES_MEMBERSHIPS = "read:org"
"""Without this scope GitHub tells of public memberships only, and most people's are private."""


def way(subject: Subject, settings: Mapping[str, Any]) -> Way:
    """Return how people log in with GitHub."""
    organizations = settings["organizations"]
    teams = managed(settings)
    asked = [_SEES_MEMBERSHIPS] if organizations or teams else []
    return Way(
        authenticator="github",
        section="GitHubOAuthenticator",
        traits={
            **said(settings, {"url": "github_url"}),
            "allowed_organizations": organizations,
            "scope": list(dict.fromkeys([*asked, *settings["scope"]])),
            "populate_teams_in_auth_state": teams,
            **group_traits(settings),
        },
        groups={"teams": [*organizations, *settings.get("admin_groups", ())]} if teams else {},
        user="github_user",
        account=("id",),
        staff=tuple(subject.cluster.organisation.staff.get("github", ())),
    )
