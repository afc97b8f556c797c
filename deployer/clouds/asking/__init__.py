"""What an account has and what is in it: a module for each cloud, all an `Account`; `of` chooses.

Each asks by its cloud's own command line, with the credentials that Terraform gets. Nothing is changed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from deployer.errors import DeployerError
from deployer.fleet.model import Aws, Azure, Gcp
from deployer.tools.process import ProgramFailed, ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from deployer.fleet.machines.table import Machine
    from deployer.fleet.model import Cluster, Provider
    from deployer.tools.process import Runner

_MODULES: dict[type[Provider], str] = {Aws: "aws", Azure: "azure", Gcp: "gcp"}
_ERROR = re.compile(r"(an )?error\b", re.IGNORECASE)
PATIENCE = 120.0
"""Seconds that one answer may take."""


class Unanswered(DeployerError):
    """A cloud did not answer: its command line is missing, or the credentials may not ask."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks: a cluster's credentials in `env`, and the variables of its Terraform module."""

    cluster: Cluster
    variables: Mapping[str, Any]
    env: Mapping[str, str]
    programs: Runner
    now: datetime

    def text(self, argv: Sequence[str]) -> str:
        """Return what a program says.

        Raises:
            Unanswered: it is not installed, or it failed.
        """
        try:
            return self.programs.run(argv, env=self.env, timeout=PATIENCE).stdout
        except ProgramMissing as error:
            raise Unanswered(f"`{error.name}` is not installed") from error
        except ProgramFailed as error:
            raise Unanswered(_reason(error)) from error

    def json(self, argv: Sequence[str]) -> Any:
        """Return what a program says, as JSON; None when it says nothing.

        Raises:
            Unanswered: it is not installed, it failed, or it says something else.
        """
        said = self.text(argv)
        try:
            return json.loads(said) if said.strip() else None
        except ValueError as error:
            raise Unanswered(f"`{' '.join(argv[:3])}` did not answer in JSON") from error


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A node pool at its largest. `gpu` is the kind of its GPUs, of which each node has `gpus`."""

    name: str
    machine: str
    type: Machine | None
    nodes: int
    disk: int
    spot: bool
    gpu: str
    gpus: int


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the cluster wants: its node pools, and how many resources the plan makes, by type.

    `new` says whether the cluster is not there yet, so that nothing of what is used is its own; `private`
    whether nodes have no addresses of their own.
    """

    pools: tuple[Pool, ...]
    made: Mapping[str, int]
    new: bool
    private: bool = True


@dataclass(frozen=True, kw_only=True)
class Quota:
    """A limit of the account, and how much of it is wanted. What can't be told is None, for a `reason`.

    `used` counts what others have; it is None where the cluster's own can't be told from theirs.
    `more` is how to ask for more.
    """

    what: str
    wanted: int
    limit: float | None = None
    used: float | None = None
    more: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service that has to be enabled; None when that can't be told. `enable` is the command."""

    name: str
    enabled: bool | None
    enable: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """Something that a controller in the cluster made, and the command that deletes it."""

    name: str
    delete: str = ""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The least policy, in the form of its cloud. `notices` say what else its reader has to know."""

    text: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Held:
    """Which actions the credentials may do; None is for those of which that can't be told."""

    actions: Mapping[str, bool | None]
    reason: str = ""
    grant: str = ""


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a plan takes: actions, and the types of resources that it is about.

    `made` are the types that it makes, `enables` the services that it enables itself; `state` is its backend.
    """

    actions: frozenset[str]
    types: frozenset[str]
    made: frozenset[str] = frozenset()
    enables: frozenset[str] = frozenset()
    state: Mapping[str, Any] = field(default_factory=dict)


class Account(Protocol):
    """What the module of a cloud can ask. All but `policy` raise `Unanswered`."""

    def policy(self, cluster: Cluster, variables: Mapping[str, Any], need: Need) -> Policy:
        """Return the least policy; nobody is asked."""

    def held(self, asker: Asker, need: Need) -> Held:
        """Say which of the actions the credentials may do."""

    def services(self, asker: Asker, need: Need) -> Sequence[Service]:
        """Say which services are enabled of those that are needed."""

    def quotas(self, asker: Asker, wanted: Wanted) -> Sequence[Quota]:
        """Return the limits that what is wanted comes up against."""

    def leftovers(self, asker: Asker, known: Collection[str]) -> Sequence[Leftover]:
        """Return what controllers made for a cluster and is still there; `known` are ids of what is kept."""

    def where_to_look(self, cluster: Cluster) -> str:
        """Say by what people find leftovers themselves."""


def _reason(error: ProgramFailed) -> str:
    """Return the line in which a program says why it failed: gcloud has advice after it, aws nothing."""
    lines = [line.strip() for line in error.result.stderr.splitlines() if line.strip()]
    return next((line for line in lines if _ERROR.match(line)), lines[-1] if lines else error.message)


def of(provider: Provider) -> Account:
    """Return the module of a cloud on which clusters can be built."""
    return cast("Account", import_module(f"deployer.clouds.asking.{_MODULES[type(provider)]}"))


def cloud(provider: Provider) -> str:
    """Return the name of a cloud, as tables have it."""
    return _MODULES[type(provider)]
