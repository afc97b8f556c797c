"""Admit a cohort until a date: the people of a workshop or a class, some of whom may stay.

Afterwards the others can neither log in nor start a server; what they have stays until somebody removes it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from jupyterhub.auth import Authenticator
from kubespawner import KubeSpawner
from tornado.web import HTTPError
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from traitlets.config import Config

c: Config


def _end(text: str) -> datetime:
    """Return the moment that a date or a time stands for; a date counts to its end, in UTC."""
    if "T" not in text:
        day = datetime.fromisoformat(text).date()
        return datetime.combine(day, time(), UTC) + timedelta(days=1)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _admit(config: Config, people: Collection[str]) -> None:
    # A class's own setting replaces the one of Authenticator, so each has to name them.
    for section in {"Authenticator", *(name for name in config if "allowed_users" in config[name])}:
        config[section].allowed_users = set(config[section].get("allowed_users") or ()) | set(people)


def _refuse(leaving: Collection[str], end: datetime) -> None:
    def over(name: str) -> bool:
        return name in leaving and datetime.now(UTC) >= end

    Authenticator.check_blocked_users = _unless(over, Authenticator.check_blocked_users)
    KubeSpawner.load_user_options = _while_here(over, KubeSpawner.load_user_options)


def _unless(over: Callable[[str], bool], check: Callable[..., bool]) -> Callable[..., bool]:
    @wraps(check)
    def check_blocked_users(self: Any, username: str, *arguments: Any) -> bool:
        # JupyterHub asks whether somebody is not blocked.
        return not over(username) and check(self, username, *arguments)

    return check_blocked_users


def _while_here(
    over: Callable[[str], bool], load: Callable[[Any], Awaitable[None]]
) -> Callable[[Any], Awaitable[None]]:
    @wraps(load)
    async def load_user_options(spawner: Any) -> None:
        # Whoever has logged in before stays logged in for days.
        if over(spawner.user.name):
            raise HTTPError(403, "Your time on this hub is over. Ask its admins if that is a mistake.")
        await load(spawner)

    return load_user_options


_cohort = get_config("custom.deployer.cohort")
if _cohort:
    _people = {Authenticator().normalize_username(name) for name in _cohort["users"]}
    _staying = {Authenticator().normalize_username(name) for name in _cohort["keep"]}
    _admit(c, _people | _staying)  # noqa: F821 JupyterHub gives it
    _refuse(_people - _staying, _end(_cohort["until"]))
