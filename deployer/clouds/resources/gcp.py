"""Types of resources of Google Cloud: what is protected, and what stays with data that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.clouds.resources.ageing import UNREADABLE, Ageing, Rule, scope
from deployer.clouds.resources.classes import (
    BUCKET,
    CLUSTER,
    DATABASE,
    DNS,
    HOMES,
    KEY,
    NETWORK,
    NODE_POOL,
    REGISTRY,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PROTECTED = {
    "google_artifact_registry_repository": REGISTRY,
    "google_bigquery_dataset": BUCKET,
    "google_compute_disk": HOMES,
    "google_compute_network": NETWORK,
    "google_compute_subnetwork": NETWORK,
    "google_container_cluster": CLUSTER,
    "google_container_node_pool": NODE_POOL,
    "google_dns_managed_zone": DNS,
    "google_filestore_instance": HOMES,
    "google_kms_crypto_key": KEY,
    "google_kms_key_ring": KEY,
    "google_sql_database": DATABASE,
    "google_sql_database_instance": DATABASE,
    "google_storage_bucket": BUCKET,
}
KEPT = {
    "homes": (
        "google_backup_dr_",
        "google_compute_disk.",
        "google_compute_disk_resource_policy_attachment.",
        "google_compute_resource_policy.",
        "google_filestore_instance.",
    ),
    "buckets": (
        "google_bigquery_dataset.",
        "google_storage_bucket.",
        "google_storage_bucket_iam_member.reader",
    ),
    "databases": ("google_sql_",),
}
HOLDING: dict[str, tuple[str, ...]] = {
    "google_filestore_instance.": ("google_compute_network.",),
}


def _user(values: Mapping[str, Any]) -> str:
    """Return the name of a database's user; those of MySQL have a host."""
    host = [values["host"]] if values.get("host") else []
    return "/".join((values["project"], values["instance"], *host, values["name"]))


IDENTITIES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "google_sql_user": _user,
    "google_storage_bucket_iam_member": lambda values: (
        f"{values['bucket']} {values['role']} {values['member']}"
    ),
}
"""By what a resource is imported when its id is made up by the provider."""


_KINDS = {"LIVE": ("objects",), "ARCHIVED": ("versions",)}


def _objects(values: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield the rules; all that a condition says must hold before an object goes."""
    for rule in values.get("lifecycle_rule") or ():
        if not any(action.get("type") == "Delete" for action in rule.get("action") or ()):
            continue
        for condition in rule.get("condition") or ():
            key = "age" if condition.get("age") else "days_since_noncurrent_time"
            days = condition.get(key)
            said = {key, "with_state", *((f"send_{key}_if_zero",) if days else ())}
            others = {name: value for name, value in condition.items() if name not in said}
            for kind in _KINDS.get(condition.get("with_state") or "", ("objects", "versions")):
                yield Rule(kind=kind, scope=scope(others), days=days or UNREADABLE)


def _backups(values: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield how many backups are kept, which are days: there is one a day."""
    for settings in values.get("settings") or ():
        for backups in settings.get("backup_configuration") or ():
            for kept in backups.get("backup_retention_settings") or ():
                yield Rule(kind="backups", days=kept.get("retained_backups") or 0)


AGEING = {
    "google_sql_database_instance": Ageing(
        name=DATABASE.name, things="backups", rules=_backups, block="settings", reaches_back=False
    ),
    "google_storage_bucket": Ageing(
        name=BUCKET.name,
        things="objects in it, and versions of them,",
        rules=_objects,
        block="lifecycle_rule",
    ),
}
"""What lets things be deleted when they are old."""
