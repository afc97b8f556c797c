"""What Terraform would do to a cluster, and what the guard has against it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.infra import unprotect

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from deployer.operations.infra.changes import Change


class ProtectedChanges(DeployerError):
    """A plan would take something protected away, and nobody allowed that."""

    exit_code = 3

    def __init__(self, cluster: str, stopped: Collection[Change]) -> None:
        lines = [f"{cluster}: this plan takes away what is protected; nothing was done"]
        for change in stopped:
            lines.append(f"  {change.kind} {change}")
            if change.protection:
                lines.append(f"    {change.protection.name}: what would be lost is {change.protection.lost}")
        flags = " ".join(f"--allow-destroy '{change.address}'" for change in stopped)
        super().__init__("\n".join(lines), hint=f"if that is what you want, say so for each: {flags}")
        self.stopped = tuple(stopped)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What Terraform would do to a cluster, and what the guard has against it.

    `outputs` are those that would change: the state tells them, nothing in the cloud does. `state` is how the
    plan found things, as `terraform show -json` has it. It may hold secrets.
    """

    cluster: str
    changes: tuple[Change, ...]
    stopped: tuple[Change, ...]
    outputs: tuple[str, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def losing(self) -> tuple[Change, ...]:
        """What goes of what is protected, without what only says why it can't go yet."""
        return tuple(replace(change, refuses=False, locks=()) for change in self.changes if change.protection)

    def must_be(self, again: Plan) -> None:
        """Hold this plan, which somebody said yes to, against one that was made since.

        Raises:
            DeployerError: the other takes away something else that is protected.
        """
        if again.losing != self.losing or unprotect.belt(again.changes):
            raise DeployerError(
                f"{self.cluster}: the plan is not the one that was shown any more",
                hint=f"look at it again: `deployer infra plan {self.cluster}`",
            )

    @property
    def unprotects(self) -> tuple[str, ...]:
        """The addresses whose deletion protection is switched off before, when nothing is stopped."""
        return () if self.stopped else unprotect.belt(self.changes).addresses

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "cluster": self.cluster,
            "changes": [change.plain() for change in self.changes],
            "protected": [change.address for change in self.stopped],
            "unprotects": list(self.unprotects),
        }
