"""Types of resources of Google Cloud: what is protected, and what stays with data that stays."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

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
    Ageing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


def _objects(values: Mapping[str, Any]) -> float:
    rules = [
        rule
        for rule in values.get("lifecycle_rule") or ()
        if any(action.get("type") == "Delete" for action in rule.get("action") or ())
    ]
    conditions = [each for rule in rules for each in rule.get("condition") or ()]
    found = [each.get(key) for each in conditions for key in ("age", "days_since_noncurrent_time")]
    return min((days for days in found if days), default=inf)


AGEING = {
    "google_storage_bucket": Ageing(
        name=BUCKET.name, things="all objects in it, and their versions,", days=_objects
    ),
}
"""What lets things be deleted when they are old."""
