"""Offer profiles, and choices within them, to members of the groups that they name in `allowed_groups`.

Groups are compared without regard to case. Teams at GitHub count as groups, `organisation:team`. What a
person is not offered can't be had through the API either: the list itself is another one for each person.
"""

from __future__ import annotations

from copy import deepcopy
from functools import partial, wraps
from html import escape
from typing import TYPE_CHECKING, Any

from jupyterhub.utils import maybe_future
from kubespawner import KubeSpawner
from oauthenticator.github import GitHubOAuthenticator
from tornado.web import HTTPError
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_GROUP_KEYS = ("allowed_groups", "allowed_teams")
_SEES_ALL = get_config("custom.deployer.health_check")["user"]


async def _groups_of(spawner: Any) -> set[str]:
    groups = {group.name for group in spawner.user.groups}
    if isinstance(spawner.authenticator, GitHubOAuthenticator):
        state = await spawner.user.get_auth_state() or {}
        groups |= {f"{team['organization']['login']}:{team['slug']}" for team in state.get("teams") or ()}
    return {group.casefold() for group in groups}


def _is_offered(part: Mapping[str, Any], groups: set[str]) -> bool:
    wanted = [group for key in _GROUP_KEYS if key in part for group in part[key] or ()]
    asks = any(key in part for key in _GROUP_KEYS)
    return not asks or not groups.isdisjoint(group.casefold() for group in wanted)


def _without_groups(part: Mapping[str, Any]) -> dict[str, Any]:
    # The list reaches people's browsers, which need not know who else is offered what.
    return {key: value for key, value in part.items() if key not in _GROUP_KEYS}


def _offered_option(option: Mapping[str, Any], groups: set[str]) -> dict[str, Any] | None:
    """Return what is left of an option, None when there is nothing left to choose."""
    left = _without_groups(option)
    unlisted = option.get("unlisted_choice")
    if unlisted is not None:
        left["unlisted_choice"] = _without_groups(unlisted) if _is_offered(unlisted, groups) else {}
    if option.get("choices"):
        left["choices"] = {
            name: _without_groups(choice)
            for name, choice in option["choices"].items()
            if _is_offered(choice, groups)
        }
        if not left["choices"] and not (left.get("unlisted_choice") or {}).get("enabled"):
            return None
    return left


def _offered_profile(profile: Mapping[str, Any], groups: set[str]) -> dict[str, Any] | None:
    """Return what is left of a profile, None when it or all choices of one of its options are not offered."""
    if not _is_offered(profile, groups):
        return None
    left = _without_groups(profile)
    configured = profile.get("profile_options") or {}
    options = {name: _offered_option(option, groups) for name, option in configured.items()}
    if None in options.values():
        return None
    return {**left, "profile_options": options} if "profile_options" in profile else left


def _nothing_offered(groups: set[str]) -> HTTPError:
    theirs = ", ".join(sorted(groups)) or "none"
    message = f"None of this hub's servers is offered to your groups ({theirs})."
    hint = "If you were added to another group, log out and log in again."
    error = HTTPError(403, "No profile is offered to this user")
    error.jupyterhub_message = f"{message} {hint}"
    error.jupyterhub_html_message = f"<p>{escape(message)}</p><p>{escape(hint)}</p>"
    return error


async def _offered_profiles(configured: Any, spawner: Any) -> list[dict[str, Any]]:
    """Return the profiles that the person of a spawner is offered of the configured ones."""
    profiles = await maybe_future(configured(spawner)) if callable(configured) else configured
    if spawner.user.name == _SEES_ALL or not profiles:
        return deepcopy(profiles)
    groups = await _groups_of(spawner)
    left = [_offered_profile(profile, groups) for profile in deepcopy(profiles)]
    offered = [profile for profile in left if profile is not None]
    if not offered:
        # Without any profile, KubeSpawner would start the server that comes before all profiles.
        raise _nothing_offered(groups)
    return offered


def _with_offers(init: Callable[..., None]) -> Callable[..., None]:
    @wraps(init)
    def initialise(spawner: Any, *args: Any, **kwargs: Any) -> None:
        init(spawner, *args, **kwargs)
        if spawner.profile_list:
            spawner.profile_list = partial(_offered_profiles, spawner.profile_list)

    return initialise


# Not a setting: whatever the hub's own Python sets comes later, and has to be filtered too.
KubeSpawner.__init__ = _with_offers(KubeSpawner.__init__)
