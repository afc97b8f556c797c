"""What is known once all questions are answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class NewHub:
    """A hub that is to be. `staged_by` and `staging_for` name hubs of its cluster.

    `homes_later` is whether its own server of homes has to be there before nodes can be told its address.
    """

    name: str
    display_name: str
    domain: str
    sign_in: SignIn
    presets: tuple[str, ...] = ()
    staged_by: str | None = None
    staging_for: tuple[str, ...] = ()
    homes_later: bool = False


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """How people log in: what the hub's `auth` says.

    `secret` are the paths of the values that it takes and that must be encrypted.
    """

    auth: Mapping[str, Any] = field(default_factory=dict)
    secret: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HubCopy:
    """A hub that is to be like another one: the hub `source` of the cluster `source_cluster`."""

    source_cluster: str
    source: str
    name: str
    display_name: str
    domain: str
    staged_by: str | None = None
    staging_for: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NewCluster:
    """A cluster that is to be described. `block` is what its provider's block says.

    `kubeconfig` is a file to take along, and `hub` the first hub.
    """

    name: str
    provider: str
    block: Mapping[str, str]
    kubernetes_version: str | None = None
    kubeconfig: Path | None = None
    hub: NewHub | None = None
