"""What the modules of several clouds have in common: names, pools, buckets, permissions, versions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.kubernetes_support import minor
from deployer.operations.tfvars.taking import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.operations.tfvars.taking import Taking

_SHORT_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?")
"""What the schema takes for the name of a bucket, a disk or a share."""
NO_ADDRESS = "a budget wants `alert_emails`, and the file says none"
_REQUESTER_PAYS = "allow_access_to_external_requester_pays_buckets"
_POLICY = "make a policy of it in the cloud, and name that under `roles`"


def named(of: Taking, key: str) -> Iterator[tuple[str, Taking]]:
    """Take a map of maps whose keys become short names; what cannot be called so is left out."""
    for name, each in of.entries(key):
        if _SHORT_NAME.fullmatch(name):
            yield name, each
        else:
            each.leave_all("a name has lower-case letters, digits and `-` only, 40 at most")


def storage(of: Taking, name: str) -> None:
    """Take what disks and shares have in common, and leave the rest."""
    line, suffix = of.line_of("name_suffix"), of.text("name_suffix")
    if suffix and suffix != name:
        of.tell("name_suffix", line, f"what is made is called by its key: {name}")
    of.leave("tags", "disks and shares have the tags of the cluster only")
    of.leave_rest()


def size(of: Taking, key: str = "size") -> int:
    """Take a size in GiB, which has to be there."""
    found = of.number(key, least=1)
    if found is None:
        raise of.error(f"has no `{key}`")
    return found


def buckets(of: Taking) -> dict[str, Any]:
    """Take `user_buckets`."""
    found: dict[str, Any] = {}
    for name, bucket in named(of, "user_buckets"):
        days = said(
            delete_after_days=_days(bucket, "delete_after"),
            archive_after_days=_days(bucket, "archival_storageclass_after"),
        )
        flags = {
            ours: True
            for theirs, ours in (("public_access", "public_read"), ("versioning", "versioning"))
            if bucket.flag(theirs, default=False)
        }
        found[name] = {**days, **flags} or None
        bucket.leave("tags", "a bucket has the tags of the cluster only")
        bucket.leave("usage_logs", "the use of a bucket is not logged")
        bucket.leave("extra_admin_members", "name readers under `readers`; nobody else may write")
        bucket.leave("uniform_bucket_level_access_only", "who may read is said for whole buckets anyway")
        bucket.leave_rest()
    return found


def permissions(of: Taking, buckets: Mapping[str, Any]) -> dict[str, Any]:
    """Take `hub_cloud_permissions`."""
    found: dict[str, Any] = {}
    for name, granted in of.entries("hub_cloud_permissions"):
        hub = granted.text("hub_namespace") or name
        if hub in found:
            raise granted.error(f"is a second entry of the hub {hub}")
        kept = {
            ours: _known(granted, theirs, buckets)
            for theirs, ours in (("bucket_readonly_access", "read"), ("bucket_admin_access", "write"))
        }
        if any(kept.values()):
            found[hub] = said(**kept)
        line = granted.line_of(_REQUESTER_PAYS)
        if granted.flag(_REQUESTER_PAYS, default=False):
            granted.tell(
                _REQUESTER_PAYS, line, "name a role that has `serviceusage.services.use` under `roles`"
            )
        granted.leave("extra_iam_policy", _POLICY)
        granted.leave("max_session_duration", "a session is as long as the cloud makes it")
        granted.leave_rest()
    return found


def take_version(of: Taking, key: str) -> str | None:
    """Take a version; what is more exact than the minor version is left out."""
    line, version = of.line_of(key), of.text(key)
    found = minor(version)
    if version and version != found:
        reason = "only the minor version is said" if found else "is no version of Kubernetes"
        of.tell(key, line, reason)
    return found


def node_pools(
    core: Mapping[str, Any], notebooks: Mapping[str, Any], dask: Mapping[str, Any]
) -> dict[str, Any]:
    """Return pools by their groups. Names of theirs are unique within a group, ours within the cluster."""
    found = {"core": core, "notebooks": _apart("notebooks", notebooks, core)}
    found["dask"] = _apart("dask", dask, {**core, **found["notebooks"]})
    return {group: _one_or_by_name(pools, group) for group, pools in found.items() if pools}


def _apart(group: str, pools: Mapping[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{group}-{name}" if name in taken else name: pool for name, pool in pools.items()}


def _one_or_by_name(pools: Mapping[str, Any], group: str) -> Any:
    """Return pools by their names, or the one itself that is called like its group, as if it had no name."""
    return pools[group] if pools.keys() == {group} else dict(pools)


def _days(of: Taking, key: str) -> int | None:
    line, found = of.line_of(key), of.number(key)
    if found == 0:
        of.tell(key, line, "less than a day cannot be said")
    return found or None


def _known(of: Taking, key: str, buckets: Mapping[str, Any]) -> list[str]:
    line, names = of.line_of(key), of.texts(key)
    for name in names:
        if name not in buckets:
            of.tell(key, line, f"`user_buckets` has no bucket {name}")
    return [name for name in names if name in buckets]
