"""What changed in the cloud without us, taken into the state; nothing in the cloud changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.clouds.resources import PROTECTED
from deployer.operations.infra.changes import changed_outputs, resources
from deployer.operations.infra.failures import failures_told
from deployer.operations.infra.outputs import not_built
from deployer.progress import step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.operations.infra.run import Infrastructure


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """A resource that is another one in the cloud than in the state: `gone`, or with other `attributes`.

    Their values are not told: some are secret.
    """

    address: str
    type: str
    gone: bool
    attributes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.gone:
            return f"changed  {self.address} ({', '.join(self.attributes)})"
        protection = PROTECTED.get(self.type)
        return f"gone     {self.address}{f', and with it {protection.lost}' if protection else ''}"

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"address": self.address, "gone": self.gone, "attributes": list(self.attributes)}


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What is different in the cloud, and which outputs are others for it."""

    cluster: str
    drifted: tuple[Drifted, ...]
    outputs: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"cluster": self.cluster, "drifted": [each.plain() for each in self.drifted]}


def look(infrastructure: Infrastructure) -> Drift:
    """Compare the state with the cloud. Nothing changes.

    Raises:
        DeployerError: the state has nothing that could be compared.
    """
    name = infrastructure.cluster.name
    with (
        step(infrastructure.session.progress, name, "look at the cloud"),
        failures_told(infrastructure.cluster),
        infrastructure.as_applied(),
    ):
        infrastructure.terraform.plan("-refresh-only")
        plan = infrastructure.terraform.show()
    managed = any(each["mode"] == "managed" for each in resources(plan.get("prior_state", {})))
    if not managed and not plan.get("resource_drift"):
        raise not_built(infrastructure.cluster)
    found = (_drifted(each) for each in plan.get("resource_drift", ()))
    return Drift(
        cluster=name,
        drifted=tuple(sorted((each for each in found if each), key=lambda each: each.address)),
        outputs=changed_outputs(plan),
    )


def take_in(infrastructure: Infrastructure, drift: Drift) -> Path | None:
    """Write what was seen into the state, then outputs.yaml; return its path if it changed."""
    if drift.drifted or drift.outputs:
        with (
            step(infrastructure.session.progress, infrastructure.cluster.name, "write the state"),
            failures_told(infrastructure.cluster),
            infrastructure.as_applied(),
        ):
            infrastructure.carry_out()
    return infrastructure.write_outputs()


def _drifted(entry: Mapping[str, Any]) -> Drifted | None:
    change = entry["change"]
    gone = change["actions"] == ["delete"]
    before, after = (change.get(side) or {} for side in ("before", "after"))
    attributes = sorted(key for key in {**before, **after} if before.get(key) != after.get(key))
    # A move to another address is among them too: nobody changed anything then.
    if not gone and not attributes:
        return None
    return Drifted(
        address=entry["address"],
        type=entry["type"],
        gone=gone,
        attributes=() if gone else tuple(attributes),
    )
