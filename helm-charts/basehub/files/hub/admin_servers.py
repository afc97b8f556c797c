"""Give servers of admins what `custom.singleuserAdmin` says, beyond what their profile gives them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from kubespawner import KubeSpawner
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


def _by_key(mounts: Any) -> dict[str, Any]:
    # Keys decide about the order of mounts: those of a list stay as they are, and before the others.
    return dict(mounts) if isinstance(mounts, dict) else {f" {i:04}": each for i, each in enumerate(mounts)}


def _extend_server(spawner: Any, extras: Mapping[str, Any]) -> None:
    mounts = {key: mount for key, mount in (extras.get("extraVolumeMounts") or {}).items() if mount}
    environment = {key: value for key, value in (extras.get("extraEnv") or {}).items() if value is not None}
    if mounts:
        spawner.volume_mounts = {**_by_key(spawner.volume_mounts), **mounts}
    if environment:
        spawner.environment = {**spawner.environment, **environment}
    if extras.get("serviceAccountName"):
        spawner.service_account = extras["serviceAccountName"]


def _with_extras_of_admins(load: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    @wraps(load)
    async def load_user_options(spawner: Any) -> None:
        await load(spawner)
        if spawner.user.admin:
            _extend_server(spawner, get_config("custom.singleuserAdmin") or {})

    return load_user_options


KubeSpawner.load_user_options = _with_extras_of_admins(KubeSpawner.load_user_options)
