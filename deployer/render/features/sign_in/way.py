"""One way to log in, in the words of JupyterHub."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Way:
    """An authenticator: the name that JupyterHub knows it by, its class, and the traits that are set.

    `groups` tells the chart's hub-side Python where somebody's groups are, when OAuthenticator cannot find
    them by itself. `verified` is the claim that a name is taken from only when the provider has verified it.
    `user` is where in the auth state the claims about somebody are, "" when they are all of it, and `account`
    those that identify an account for good. `staff` are the names of the operator's people, `files` entries
    of `hub.extraFiles`.
    """

    authenticator: str
    section: str
    traits: Mapping[str, Any] = field(default_factory=dict)
    groups: Mapping[str, Any] = field(default_factory=dict)
    verified: str | None = None
    user: str = ""
    account: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    files: Mapping[str, Any] = field(default_factory=dict)


def managed(settings: Mapping[str, Any]) -> bool:
    """Say whether groups come from the provider: where it is said, or something asks for groups."""
    return any(settings.get(key) for key in ("groups", "allowed_groups", "admin_groups"))


def group_traits(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the traits of OAuthenticator about groups.

    They are told by every log-in, so that nothing of what the provider says has to be kept for later.
    """
    listed = {key: settings[key] for key in ("allowed_groups", "admin_groups") if settings.get(key)}
    return {"manage_groups": managed(settings), "enable_auth_state": False, **listed}


def said(settings: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that are there, each under the name of its trait."""
    return {trait: settings[key] for key, trait in names.items() if key in settings}
