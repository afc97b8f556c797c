"""Make teams at GitHub groups of the hub: those that the hub's log-in is about, and no others.

People may be in hundreds of teams that are none of the hub's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from z2jh import get_config

if TYPE_CHECKING:
    from traitlets.config import Config

c: Config

_NAMING = ("allowed_organizations", "allowed_groups", "admin_groups")


def _named_teams(settings: Any) -> set[str]:
    lists = [settings.get(key) for key in _NAMING]
    return {name.casefold() for names in lists if isinstance(names, list | set | tuple) for name in names}


def _teams_as_groups(config: Config) -> None:
    def groups(auth_state: dict[str, Any]) -> list[str]:
        teams = [f"{team['organization']['login']}:{team['slug']}" for team in auth_state.get("teams") or ()]
        # Asked at each log-in: the hub's own Python may name more.
        named = _named_teams(config.GitHubOAuthenticator)
        return [team for team in teams if team.casefold() in named]

    config.GitHubOAuthenticator.auth_state_groups_key = groups


_github = c.GitHubOAuthenticator  # noqa: F821 JupyterHub gives it
if (
    c.JupyterHub.authenticator_class == "github"  # noqa: F821 JupyterHub gives it
    and _github.get("manage_groups") is True
    and "auth_state_groups_key" not in _github
    # Said in short form, groups are a matter of sign_in.py.
    and not get_config("custom.deployer.sign_in", None)
):
    _teams_as_groups(c)  # noqa: F821 JupyterHub gives it
