"""What clouds delete once it is old is not deleted earlier by accident: facts of Terraform's JSON output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployer.clouds.resources import AGEING
from deployer.fleet.load import load, select_cluster
from deployer.operations.infra.changes import changes, guarded
from deployer.operations.infra.plan import Plan
from deployer.operations.infra.record import recorded

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployer.operations.infra.changes import Change
    from deployer.session import Session
    from tests.operations.infra.fleets import Fleet

S3 = "aws_s3_bucket_lifecycle_configuration"
GCS = "google_storage_bucket"
BLOBS = "azurerm_storage_management_policy"
DLM = "aws_dlm_lifecycle_policy"
REACHING_BACK = (S3, GCS, BLOBS)
"""Those whose new rules are for what is there already."""


def s3_rule(
    days: int | None = None, versions: int | None = None, prefix: str = "", **more: Any
) -> dict[str, Any]:
    live = {"date": None, "days": days, "expired_object_delete_marker": None, **more}
    former = {"newer_noncurrent_versions": None, "noncurrent_days": versions}
    return {
        "expiration": [live] if days or more else [],
        "filter": [{"and": [], "object_size_greater_than": None, "prefix": prefix, "tag": []}],
        "noncurrent_version_expiration": [former] if versions else [],
        "prefix": "",
        "status": "Enabled",
        "transition": [],
    }


def s3(*rules: dict[str, Any], bucket: str = "alps-scratch") -> dict[str, Any]:
    return {"bucket": bucket, "rule": list(rules)}


def gcs_rule(days: int | None, state: str = "LIVE", **more: Any) -> dict[str, Any]:
    condition: dict[str, Any] = {
        "age": days,
        "days_since_noncurrent_time": 0,
        "matches_prefix": [],
        "num_newer_versions": 0,
        "send_age_if_zero": False,
        "with_state": state,
    }
    return {"action": [{"storage_class": "", "type": "Delete"}], "condition": [{**condition, **more}]}


def gcs(*rules: dict[str, Any]) -> dict[str, Any]:
    aborted = {
        "action": [{"storage_class": "", "type": "AbortIncompleteMultipartUpload"}],
        "condition": [{"age": 1, "with_state": ""}],
    }
    return {"lifecycle_rule": [aborted, *rules]}


def blobs(days: int | None, *types: str, enabled: bool = True) -> dict[str, Any]:
    actions = {
        "base_blob": [
            {
                "delete_after_days_since_creation_greater_than": -1,
                "delete_after_days_since_modification_greater_than": -1 if days is None else days,
                "tier_to_cold_after_days_since_modification_greater_than": 3,
            }
        ],
        "snapshot": [],
        "version": [{"delete_after_days_since_creation": -1 if days is None else days}],
    }
    filters = [{"blob_types": list(types or ("blockBlob",)), "match_blob_index_tag": [], "prefix_match": []}]
    rule = {"actions": [actions], "enabled": enabled, "filters": filters, "name": "lifecycle"}
    return {"rule": [rule], "storage_account_id": "/scratch"}


def snapshots(count: int | None = None, **interval: Any) -> dict[str, Any]:
    rule = {"count": count, "interval": None, "interval_unit": None, **interval}
    return {"policy_details": [{"schedule": [{"name": "daily", "retain_rule": [rule]}]}]}


def google_backups(days: int) -> dict[str, Any]:
    kept = {"retained_backups": days, "retention_unit": "COUNT"}
    return {"settings": [{"backup_configuration": [{"backup_retention_settings": [kept]}]}]}


VALUES: dict[str, Callable[[int], dict[str, Any]]] = {
    "aws_db_instance": lambda days: {"backup_retention_period": days},
    DLM: snapshots,
    "aws_rds_cluster": lambda days: {"backup_retention_period": days},
    S3: lambda days: s3(s3_rule(days, days)),
    "azurerm_mysql_flexible_server": lambda days: {"backup_retention_days": days},
    "azurerm_postgresql_flexible_server": lambda days: {"backup_retention_days": days},
    BLOBS: blobs,
    "google_sql_database_instance": google_backups,
    GCS: lambda days: gcs(gcs_rule(days), gcs_rule(0, "ARCHIVED", days_since_noncurrent_time=days)),
}
NOTHING: dict[str, dict[str, Any]] = {S3: s3(), GCS: gcs(), BLOBS: blobs(None)}


def change(kind: str, before: Any, after: Any, unknown: Any = None, action: str = "update") -> Change:
    entry = {
        "address": f"{kind}.it",
        "type": kind,
        "mode": "managed",
        "change": {"actions": [action], "before": before, "after": after, "after_unknown": unknown or {}},
    }
    (found,) = changes({"resource_changes": [entry]})
    return found


def lost(*args: Any, **options: Any) -> str:
    protection = change(*args, **options).protection
    return protection.lost if protection else ""


def test_all_that_ages_is_tested() -> None:
    assert VALUES.keys() == AGEING.keys()


@pytest.mark.parametrize("kind", sorted(VALUES))
@pytest.mark.parametrize(
    ("before", "after", "ending"), [(30, 7, "older than 7 days"), (7, 7, ""), (7, 30, "")]
)
def test_an_age_is_not_lowered_by_accident(kind: str, before: int, after: int, ending: str) -> None:
    told = lost(kind, VALUES[kind](before), VALUES[kind](after))
    assert (bool(told), told.endswith(ending)) == (bool(ending), True)


@pytest.mark.parametrize("kind", REACHING_BACK)
def test_a_rule_that_is_new_is_for_what_is_there_already(kind: str) -> None:
    assert lost(kind, NOTHING[kind], VALUES[kind](7)).endswith("older than 7 days")
    assert lost(kind, VALUES[kind](7), NOTHING[kind]) == ""


@pytest.mark.parametrize("kind", ["aws_db_instance", "google_sql_database_instance"])
def test_a_database_without_any_backup_loses_those_it_had(kind: str) -> None:
    assert lost(kind, VALUES[kind](7), VALUES[kind](0)) == "backups that new rules are for"


def test_snapshots_are_counted_in_days() -> None:
    assert (
        lost(DLM, snapshots(30), snapshots(interval=2, interval_unit="WEEKS"))
        == "snapshots older than 14 days"
    )
    assert lost(DLM, snapshots(30), snapshots(interval=1, interval_unit="MONTHS")) == ""


@pytest.mark.parametrize(
    ("before", "after", "ending"),
    [
        ([s3_rule(1, prefix="tmp/")], [s3_rule(7)], "older than 7 days"),
        ([s3_rule(1, prefix="tmp/")], [s3_rule(1, prefix="tmp/"), s3_rule(30)], "older than 30 days"),
        ([s3_rule(versions=7)], [s3_rule(7, 7)], "older than 7 days"),
        ([s3_rule(30)], [s3_rule(30, prefix="tmp/")], ""),
        ([s3_rule(30), s3_rule(1, prefix="tmp/")], [s3_rule(30)], ""),
        ([s3_rule(30)], [s3_rule(date="2026-12-01T00:00:00Z")], "that new rules are for"),
        ([s3_rule(date="2026-12-01T00:00:00Z")], [s3_rule(date="2026-12-01T00:00:00Z")], ""),
        ([], [s3_rule(expired_object_delete_marker=True)], ""),
        ([], [{**s3_rule(7), "status": "Disabled"}], ""),
    ],
)
def test_rules_of_s3_are_held_against_those_for_the_same_objects(
    before: list[Any], after: list[Any], ending: str
) -> None:
    told = lost(S3, s3(*before), s3(*after))
    assert (bool(told), told.endswith(ending)) == (bool(ending), True)


@pytest.mark.parametrize(
    ("before", "after", "ending"),
    [
        ([gcs_rule(30)], [gcs_rule(60), gcs_rule(0, num_newer_versions=1)], "that new rules are for"),
        ([], [gcs_rule(0, created_before="2026-12-01")], "that new rules are for"),
        ([gcs_rule(30)], [gcs_rule(0, send_age_if_zero=True)], "that new rules are for"),
        ([gcs_rule(30, send_age_if_zero=True)], [gcs_rule(30)], ""),
        ([gcs_rule(30, "ANY")], [gcs_rule(30), gcs_rule(30, "ARCHIVED")], ""),
        ([gcs_rule(30)], [gcs_rule(30, "ANY")], "older than 30 days"),
        ([gcs_rule(30, matches_prefix=["tmp/"])], [gcs_rule(30)], "older than 30 days"),
    ],
)
def test_rules_of_google_are_held_against_those_for_the_same_objects(
    before: list[Any], after: list[Any], ending: str
) -> None:
    told = lost(GCS, gcs(*before), gcs(*after))
    assert (bool(told), told.endswith(ending)) == (bool(ending), True)


def test_rules_of_azure_are_held_against_those_for_the_same_blobs() -> None:
    assert lost(BLOBS, blobs(30, "blockBlob"), blobs(30, "appendBlob", "blockBlob")).endswith("than 30 days")
    assert lost(BLOBS, blobs(30, "appendBlob", "blockBlob"), blobs(30, "blockBlob")) == ""
    assert lost(BLOBS, blobs(30), blobs(0)).endswith("that new rules are for")
    assert lost(BLOBS, blobs(None), blobs(7, enabled=False)) == ""


@pytest.mark.parametrize(
    "unknown", [True, [{"expiration": [{"days": True}], "filter": [{}]}]], ids=["all", "days"]
)
def test_what_is_not_known_yet_is_not_taken_for_harmless(unknown: Any) -> None:
    told = lost(S3, s3(s3_rule(7)), s3(), {"rule": unknown})
    assert told == "objects in it, and versions of them, of an age that is not known yet"


def test_what_else_is_not_known_yet_does_not_matter() -> None:
    unknown = {"lifecycle_rule": [{"condition": [{"with_state": True}]}], "url": True}
    assert lost(GCS, gcs(gcs_rule(7)), gcs(gcs_rule(7)), unknown) == ""


@pytest.mark.parametrize(
    ("unknown", "stopped"), [({"bucket": True}, False), ({}, True)], ids=["new bucket", "old bucket"]
)
def test_a_bucket_that_is_only_made_now_has_nothing_to_lose(
    unknown: dict[str, bool], *, stopped: bool
) -> None:
    """One that an interrupted `apply` left without rules is an old one: who knows what is in it."""
    assert bool(lost(S3, None, s3(s3_rule(7)), unknown, action="create")) == stopped


def test_rules_of_another_bucket_are_not_those_of_this_one() -> None:
    assert lost(S3, s3(s3_rule(7), bucket="a"), s3(s3_rule(7), bucket="b"))
    assert lost(GCS, None, VALUES[GCS](7), action="create") == ""


def test_what_goes_loses_more_than_what_is_old() -> None:
    assert lost(GCS, VALUES[GCS](7), None, action="delete") == "all objects in it"
    assert lost(S3, VALUES[S3](7), None, action="delete") == ""


def test_what_would_be_deleted_is_told_and_can_be_allowed() -> None:
    found = change(S3, NOTHING[S3], VALUES[S3](7))
    deleted = "objects in it, and versions of them, older than 7 days"
    assert str(found) == f"{S3}.it (deletes {deleted})"
    assert found.plain() == {
        "address": f"{S3}.it",
        "action": "update",
        "protected": "bucket",
        "lost": deleted,
    }
    assert guarded([found], [f"{S3}.it"]) == ()


def test_what_somebody_allowed_to_be_deleted_is_written_down(session: Session, fleet: Fleet) -> None:
    cluster = select_cluster(load(fleet.root)[0], fleet.name)
    plan = Plan(cluster="alps", changes=(change(S3, NOTHING[S3], VALUES[S3](7)),), stopped=())
    with recorded(session, cluster, "apply", plan.losing):
        pass
    (entry,) = fleet.log
    assert [(each["action"], each["protected"]) for each in entry["lost"]] == [("update", "bucket")]
