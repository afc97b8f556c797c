"""What controllers in a cluster made and Terraform does not know, once the cluster is gone.

Load balancers, their security groups, disks of volume claims: they cost money, and may keep a network from
being deleted. Nothing here deletes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.clouds import asking
from deployer.clouds.asking import Asker, Unanswered
from deployer.progress import step
from deployer.render.tfvars import tfvars

if TYPE_CHECKING:
    from collections.abc import Collection

    from deployer.clouds.asking import Leftover
    from deployer.operations.infra.run import Infrastructure


@dataclass(frozen=True, kw_only=True)
class Left:
    """What is still there of a cluster. When the cloud could not be asked, `notice` says what to look for."""

    cluster: str
    found: tuple[Leftover, ...] = ()
    notice: str | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "found": [{"name": each.name, "delete": each.delete or None} for each in self.found],
            "notice": self.notice,
        }

    def lines(self) -> list[str]:
        """Return it as people read it."""
        if self.notice:
            return [f"notice: {self.notice}"]
        if not self.found:
            return []
        head = f"{self.cluster}: Kubernetes made this too, and nothing takes it away but you:"
        return [head, *(f"  {each.name}\n    {each.delete or 'look at it first'}" for each in self.found)]


def leftovers(infrastructure: Infrastructure, kept: Collection[str]) -> Left:
    """Look for them, with the credentials of Terraform; `kept` are the ids of what stays on purpose."""
    cluster, terraform = infrastructure.cluster, infrastructure.terraform
    account = asking.of(cluster.provider)
    asker = Asker(
        cluster=cluster,
        variables=tfvars(cluster),
        env=terraform.env,
        programs=terraform.programs,
        now=infrastructure.session.clock(),
    )
    try:
        with step(infrastructure.session.progress, cluster.name, "look for what Kubernetes made"):
            return Left(cluster=cluster.name, found=tuple(account.leftovers(asker, kept)))
    except Unanswered as error:
        where = account.where_to_look(cluster)
        return Left(cluster=cluster.name, notice=f"not asked what Kubernetes left: {error.message}; {where}")
