"""Take a cluster away, and keep what people made: homes, buckets and databases go only when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.infra.changes import Change, changes, refuse_what_would_fail, resources
from deployer.operations.infra.run import failures_told
from deployer.progress import step

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from deployer.operations.infra.run import Infrastructure

KEPT: Mapping[str, tuple[str, ...]] = {
    "homes": (
        "aws_dlm_lifecycle_policy.",
        "aws_ebs_snapshot.",
        "aws_ebs_volume.",
        "aws_efs_backup_policy.",
        "aws_efs_file_system.",
        "aws_iam_role.snapshots",
        "aws_iam_role_policy_attachment.snapshots",
        "google_compute_disk.",
        "google_compute_disk_resource_policy_attachment.",
        "google_compute_resource_policy.",
        "google_filestore_instance.",
    ),
    "buckets": ("aws_s3_bucket", "google_storage_bucket.", "google_storage_bucket_iam_member.reader"),
    "databases": ("aws_db_", "aws_rds_", "google_sql_"),
}
"""What belongs to a kind of data: how type and name begin. With a thing goes what looks after it."""
HOLDING: Mapping[str, tuple[str, ...]] = {
    "google_filestore_instance.": ("google_compute_network.",),
}
"""What can't go as long as something that is kept is in it, by how the type of that begins."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A resource that Terraform is to forget and leave alone, and by what it can be adopted again."""

    address: str
    identity: str

    def adopt(self, cluster: str) -> str:
        """Return the command that takes it in again."""
        return f"deployer infra import {cluster} '{self.address}' '{self.identity}'"


@dataclass(frozen=True, kw_only=True)
class Destruction:
    """What `destroy` would do: what stays and is forgotten, and what goes; `data` is what people lose."""

    cluster: str
    kept: tuple[Kept, ...]
    gone: tuple[str, ...]
    data: tuple[Change, ...]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "cluster": self.cluster,
            "kept": [{"address": each.address, "id": each.identity} for each in self.kept],
            "destroyed": list(self.gone),
            "data": [change.plain() for change in self.data],
        }


def plan(infrastructure: Infrastructure, keep: Collection[str]) -> Destruction:
    """Say what would go. Nothing changes.

    Raises:
        DeployerError: a kind of data is not known, or something refuses to be deleted.
    """
    kept = tuple(staying(infrastructure.terraform.state(), keep))
    stays = {each.address for each in kept}
    with (
        step(infrastructure.session.progress, infrastructure.cluster.name, "plan"),
        failures_told(infrastructure.cluster),
    ):
        infrastructure.terraform.plan("-destroy")
        found = changes(infrastructure.terraform.show())
    going = [change for change in found if change.address not in stays]
    refuse_what_would_fail(infrastructure.cluster.name, going)
    return Destruction(
        cluster=infrastructure.cluster.name,
        kept=kept,
        gone=tuple(change.address for change in going),
        data=tuple(change for change in going if _is_data(change)),
    )


def staying(state: Mapping[str, Any], keep: Collection[str]) -> list[Kept]:
    """Return what of a state stays when some kinds of data do, in the order of the state."""
    managed = _managed(state)
    begins = tuple(start for kind in keep for start in KEPT[kind])
    stays = [_name(each) for each in managed if _name(each).startswith(begins)]
    held = tuple(
        start
        for inside, starts in HOLDING.items()
        if any(name.startswith(inside) for name in stays)
        for start in starts
    )
    return [
        Kept(address=each["address"], identity=_identity(each["type"], each["values"]))
        for each in managed
        if _name(each).startswith((*begins, *held))
    ]


def carry_out(infrastructure: Infrastructure, planned: Destruction) -> None:
    """Forget what stays, then destroy the rest.

    Raises:
        DeployerError: what would go is not what was planned any more. What stays is forgotten by then, and
            destroyed by nothing.
    """
    name, terraform = infrastructure.cluster.name, infrastructure.terraform
    progress = infrastructure.session.progress
    if planned.kept:
        with step(progress, name, "keep data"), failures_told(infrastructure.cluster):
            terraform.forget([each.address for each in planned.kept])
    with step(progress, name, "destroy"), failures_told(infrastructure.cluster):
        terraform.plan("-destroy")
        found = changes(terraform.show())
        more = {change.address for change in found} - set(planned.gone)
        if more:
            raise DeployerError(
                f"{name}: more would go than was planned: {', '.join(sorted(more))}",
                hint=f"look at it again: `deployer infra destroy {name}`",
            )
        terraform.apply(lambda what, address: progress.noted(name, f"{address}: {what}"))


def _managed(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in resources(state) if each["mode"] == "managed"]


def _name(resource: Mapping[str, Any]) -> str:
    return f"{resource['type']}.{resource['name']}"


def _identity(kind: str, values: Mapping[str, Any]) -> str:
    """Return by what Terraform imports a resource: its id, but for those whose id is made up."""
    if kind == "aws_iam_role_policy_attachment":
        return f"{values['role']}/{values['policy_arn']}"
    return str(values.get("id", ""))


def _is_data(change: Change) -> bool:
    return change.protection is not None and change.protection.name in ("home storage", "bucket", "database")
