"""Keep the health check to its user, and its user's account to the health check.

The check acts as a service through JupyterHub's API. Nobody can log in as its user, and its user is never
asked to: it has no log-in that could expire.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from jupyterhub.apihandlers.users import UserAPIHandler, UserListAPIHandler
from tornado.web import HTTPError
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from traitlets.config import Config

c: Config


def _block_log_in(config: Config, user: str) -> None:
    # A class's own setting replaces the one of Authenticator, so each has to name the check user.
    for section in {"Authenticator", *(name for name in config if "blocked_users" in config[name])}:
        if isinstance(config[section].get("blocked_users"), list):
            config[section].blocked_users = set(config[section].blocked_users)
        config[section].blocked_users.add(user)


def _skip_refresh(config: Config, check_user: str) -> None:
    def refresh_user(_authenticator: Any, user: Any, _auth_state: Any) -> bool | None:
        return True if user.name == check_user else None

    config.OAuthenticator.refresh_user_hook = refresh_user


def _refused_to(service: str, handle: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(handle)
    def guarded(handler: Any, *args: Any, **kwargs: Any) -> Any:
        requester = handler.current_user
        if requester and requester.kind == "service" and requester.name == service:
            raise HTTPError(403, "The health check may not do that")
        return handle(handler, *args, **kwargs)

    return guarded


def _keep_to_user(service: str) -> None:
    # JupyterHub 5.5 lets whoever may administer one user create several of any name, and rename that one:
    # both make accounts that the hub then counts as existing users.
    UserListAPIHandler.post = _refused_to(service, UserListAPIHandler.post)
    UserAPIHandler.patch = _refused_to(service, UserAPIHandler.patch)


_check = get_config("custom.deployer.health_check")
_block_log_in(c, _check["user"])  # noqa: F821 JupyterHub gives it
_skip_refresh(c, _check["user"])  # noqa: F821 JupyterHub gives it
_keep_to_user(_check["service"])
