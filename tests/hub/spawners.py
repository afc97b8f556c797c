"""KubeSpawners of people, without a hub and without a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from jupyterhub.auth import DummyAuthenticator
from kubespawner import KubeSpawner
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub.auth import Authenticator


@dataclass
class Person:
    """What a spawner asks of JupyterHub's user."""

    name: str
    groups: Sequence[SimpleNamespace] = ()
    admin: bool = False
    auth_state: dict[str, Any] | None = None
    id: int = 1
    escaped_name: str = ""
    url: str = "/user/someone/"
    settings: dict[str, Any] = field(default_factory=dict)

    async def get_auth_state(self) -> dict[str, Any] | None:
        return self.auth_state


def person(name: str, *groups: str, **more: Any) -> Person:
    """Someone in groups of the hub."""
    return Person(
        name=name, escaped_name=name, groups=[SimpleNamespace(name=group) for group in groups], **more
    )


def spawner_of(
    someone: Person,
    config: Config | None = None,
    *,
    authenticator: Authenticator | None = None,
    kind: type[KubeSpawner] = KubeSpawner,
    **options: Any,
) -> KubeSpawner:
    """Return the spawner of someone who chose options."""
    spawner = kind(
        config=config or Config(),
        user=someone,
        _mock=True,
        authenticator=authenticator or DummyAuthenticator(),
    )
    spawner.user_options = options
    return spawner
