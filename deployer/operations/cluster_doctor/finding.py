"""What was found of one thing in a cluster."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import date

    from deployer.fleet.model import Cluster
    from deployer.operations.render import Rendered
    from deployer.session import Session
    from deployer.tools.helm import Helm
    from deployer.tools.kubernetes import Api

State = Literal["ok", "missing", "old", "failing", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How one thing is: what the cluster tells of it, and what to do next when it is not `ok`.

    `required` is what hubs do not work without, now or before long. `unknown` could not be asked.
    """

    check: str
    state: State
    told: str
    next: str | None = None
    required: bool = False

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, an item of doctor-cluster.schema.json."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Patient:
    """A cluster that is looked at, and what its support is to be made of; None where nothing asks for it.

    `compared` is why its values cannot be told from those that run, when a key for them is missing.
    """

    session: Session
    cluster: Cluster
    api: Api
    helm: Helm
    today: date
    wanted: Rendered | None
    compared: str | None = None

    @property
    def deploy(self) -> str:
        """The command that mends most of what is found."""
        return f"`deployer deploy {self.cluster.name} --support`"

    def value(self, *at: str) -> Any:
        """Return what the support is given at a path of its values."""
        found: Any = self.wanted.merged.values if self.wanted else {}
        for key in at:
            found = found.get(key) if isinstance(found, dict) else None
        return found
