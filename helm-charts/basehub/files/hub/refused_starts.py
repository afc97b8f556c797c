"""Have starts that are refused count as no failures of the hub.

After so many starts in a row that fail (`hub.consecutiveFailureLimit`, 5) JupyterHub ends, to begin anew. One
that is refused, to somebody whose time is over or whose hours are used up, tells nothing of the hub's health;
and whoever goes on trying would end it for all.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from jupyterhub.user import User
from tornado.web import HTTPError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_FAILURES = "failure_count"
_FIRST_FAULT = 500
"""Statuses from here on say that something is wrong; lower ones, that nobody may do it."""


def _without_refusals(spawn: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @wraps(spawn)
    async def spawn_counting_faults(
        user: Any, server_name: str = "", options: Any = None, handler: Any = None
    ) -> Any:
        try:
            return await spawn(user, server_name, options, handler)
        except HTTPError as error:
            if handler is not None and error.status_code < _FIRST_FAULT:
                # JupyterHub counts it next, whatever was raised.
                handler.settings[_FAILURES] = handler.settings.get(_FAILURES, 0) - 1
            raise

    return spawn_counting_faults


User.spawn = _without_refusals(User.spawn)
