"""Names on AWS. The cluster's name in the fleet is part of most.

- IAM, S3, ECR, RDS: the rules of names of each service's API
- AWS Backup: .../aws-backup/latest/devguide/API_CreateBackupVault.html, .../API_BackupSelection.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.limits.limit import Limit, at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.fleet.positions import KeyPath

ROLES = (
    "autoscaler",
    "backups",
    "ci",
    "dns",
    "ebs-csi",
    "efs-csi",
    "eks-cluster",
    "flow-logs",
    "log-export",
    "logs",
    "nodes",
    "snapshots",
)
"""The roles `<cluster>-<role>` that terraform/aws makes for itself, some for what few clusters ask for."""
_LONGEST = {"AWS Backup": 50, "IAM": 64, "RDS": 63, "S3": 63}
_SHORTER = "the cluster's name in the fleet is part of it: shorten one"


def limits(cluster: str, asked: Mapping[str, Any]) -> Iterator[Limit]:
    """Yield names that AWS does not take, of the cluster with this name."""
    for bucket in asked.get("buckets", {}):
        yield from _length(at("buckets", bucket), f"bucket {cluster}-{bucket}", "S3")
    for database in asked.get("databases", {}):
        yield from _database(at("databases", database), f"{cluster}-{database}")
    for registry in asked.get("registries", {}):
        if "--" in f"{cluster}-{registry}":
            message = f"registry {cluster}-{registry}: no name on ECR"
            yield Limit(at("registries", registry), message, "it has no `--`")
    yield from _roles(cluster, asked.get("permissions", {}))
    yield from _backups(cluster, asked.get("home_storage", []))


def _database(place: KeyPath, called: str) -> Iterator[Limit]:
    if not called[0].isalpha() or "--" in called:
        message = f"database {called}: no name on RDS"
        yield Limit(place, message, "it has to begin with a letter, and has no `--`")
    yield from _length(place, f"database {called}", "RDS")


def _roles(cluster: str, hubs: Mapping[str, Any]) -> Iterator[Limit]:
    for hub in hubs:
        if hub in ROLES:
            message = f"permissions of {hub}: {cluster}-{hub} is a role of the cluster's own"
            yield Limit(at("permissions", hub), message, "name the hub otherwise")
    for role in (*ROLES, *hubs):
        place = at("permissions", role) if role in hubs else ("name",)
        yield from _length(place, f"role {cluster}-{role}", "IAM")


def _backups(cluster: str, storage: Sequence[Mapping[str, Any]]) -> Iterator[Limit]:
    """Yield shares whose copies have too long a name: there is a plan for each, and one vault for all."""
    backed_up = {
        index: each["name"]
        for index, each in enumerate(storage)
        if each["kind"] == "share" and each["snapshots"] is not False
    }
    if backed_up:
        yield from _length(("name",), f"vault {cluster}-homes", "AWS Backup")
    for index, name in backed_up.items():
        yield from _length(at("home_storage", index, "name"), f"backups {cluster}-{name}", "AWS Backup")


def _length(place: KeyPath, thing: str, service: str) -> Iterator[Limit]:
    """Yield a thing, said as `kind name`, whose name is too long for its service."""
    longest = _LONGEST[service]
    if len(thing.rpartition(" ")[2]) > longest:
        yield Limit(place, f"{thing}: {service} takes {longest} characters at most", _SHORTER)
