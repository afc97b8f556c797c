"""What plans would do, and what the guard has against it: facts of Terraform's JSON output format."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.clouds.resources import AGEING, PROTECTED
from deployer.errors import DeployerError
from deployer.operations.infra.changes import changes, guarded, refuse_what_would_fail
from deployer.operations.infra.unprotect import Belt, belt

ON = {"deletion_protection": True}


def entry(address: str, *actions: str, **more: Any) -> dict[str, Any]:
    change: dict[str, Any] = {"actions": list(actions)}
    for key in ("replace_paths", "before", "after", "after_unknown"):
        if key in more:
            change[key] = more.pop(key)
    kind = address.removeprefix("module.x.").split(".")[0]
    return {"address": address, "type": kind, "mode": "managed", "change": change, **more}


def plan(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resource_changes": list(entries)}


@pytest.mark.parametrize("kind", sorted(PROTECTED))
@pytest.mark.parametrize(
    ("actions", "stopped"),
    [
        (("no-op",), False),
        (("create",), False),
        (("update",), False),
        (("delete",), True),
        (("forget",), True),
        (("delete", "create"), True),
        (("create", "delete"), True),
        (("create", "forget"), True),
    ],
)
def test_what_is_protected_can_neither_go_nor_be_replaced_nor_be_forgotten(
    kind: str, actions: tuple[str, ...], stopped: bool
) -> None:
    found = guarded(changes(plan(entry(f"{kind}.it", *actions))))
    assert bool(found) == stopped


def test_what_is_not_protected_may_go() -> None:
    assert guarded(changes(plan(entry("aws_route.private[0]", "delete")))) == ()


def test_reading_data_and_drift_are_no_changes() -> None:
    drifted = entry("aws_s3_bucket.it", "delete")
    data = {**entry("aws_subnet.it", "delete"), "mode": "data"}
    assert (
        changes({"resource_changes": [data, entry("aws_vpc.it", "read")], "resource_drift": [drifted]}) == ()
    )


def test_an_unfinished_database_is_not_replaced_in_silence() -> None:
    tainted = entry(
        "aws_db_instance.grades", "delete", "create", action_reason="replace_because_tainted", name="grades"
    )
    (stopped,) = guarded(changes(plan(tainted)))
    assert str(stopped) == (
        "aws_db_instance.grades (its last change was not finished, so Terraform wants to make it anew)"
    )
    assert stopped.plain() == {
        "address": "aws_db_instance.grades",
        "action": "replace",
        "cause": "its last change was not finished, so Terraform wants to make it anew",
        "protected": "database",
        "lost": "all that is in it",
    }


def test_what_asks_for_the_replacement_is_named() -> None:
    replaced = entry(
        'aws_subnet.private["a"]',
        "delete",
        "create",
        action_reason="replace_because_cannot_update",
        replace_paths=[["cidr_block"], ["tags", 0, "Name"]],
    )
    (change,) = changes(plan(replaced))
    assert str(change) == (
        'aws_subnet.private["a"] (this can\'t be changed in place; because of cidr_block, tags.0.Name)'
    )


def test_the_former_object_of_a_replaced_one_is_protected_too() -> None:
    former = entry('aws_ebs_volume.homes["homes"]', "delete", deposed="abcd0123")
    (stopped,) = guarded(changes(plan(former)))
    assert stopped.plain()["deposed"] == "abcd0123"


def test_only_the_exact_address_is_allowed() -> None:
    found = changes(plan(entry('aws_s3_bucket.b["x"]', "delete"), entry('aws_s3_bucket.b["xy"]', "delete")))
    assert [each.address for each in guarded(found, ['aws_s3_bucket.b["x"]'])] == ['aws_s3_bucket.b["xy"]']


@pytest.mark.parametrize("address", ["aws_s3_bucket.b", 'aws_s3_bucket.b["z"]', "*", "aws_route.private"])
def test_allowing_what_does_not_go_is_a_slip(address: str) -> None:
    found = changes(plan(entry('aws_s3_bucket.b["x"]', "delete"), entry("aws_route.private", "delete")))
    with pytest.raises(DeployerError) as caught:
        guarded(found, [address])
    assert caught.value.message == (
        f"`--allow-destroy {address}`: this plan takes nothing protected away there"
    )
    assert 'aws_s3_bucket.b["x"]' in str(caught.value.hint)


def s3_rules(days: int | None, status: str = "Enabled") -> dict[str, Any]:
    archive = {"expiration": [], "noncurrent_version_expiration": [], "status": "Enabled"}
    delete = {
        "expiration": [{"date": None, "days": days, "expired_object_delete_marker": None}],
        "noncurrent_version_expiration": [{"newer_noncurrent_versions": None, "noncurrent_days": days}],
        "status": status,
    }
    return {"bucket": "alps-scratch", "rule": [archive, *([delete] if days else [])]}


def google_rules(days: int | None, _status: str = "") -> dict[str, Any]:
    aborted = {
        "action": [{"storage_class": "", "type": "AbortIncompleteMultipartUpload"}],
        "condition": [{"age": 7, "days_since_noncurrent_time": 0}],
    }
    deleted = {"action": [{"storage_class": "", "type": "Delete"}]}
    live = {**deleted, "condition": [{"age": days, "days_since_noncurrent_time": 0}]}
    former = {**deleted, "condition": [{"age": None, "days_since_noncurrent_time": days}]}
    return {"lifecycle_rule": [aborted, *([live, former] if days else [])]}


def azure_rules(days: int | None, status: str = "Enabled") -> dict[str, Any]:
    actions = {
        "base_blob": [
            {
                "delete_after_days_since_creation_greater_than": -1,
                "delete_after_days_since_modification_greater_than": days or -1,
                "tier_to_cold_after_days_since_modification_greater_than": 3,
            }
        ],
        "snapshot": [],
        "version": [{"delete_after_days_since_creation": days}],
    }
    return {"rule": [{"actions": [actions], "enabled": status == "Enabled", "name": "lifecycle"}]}


def snapshots(days: int | None, _status: str = "") -> dict[str, Any]:
    return {"policy_details": [{"schedule": [{"retain_rule": [{"count": days}] if days else []}]}]}


S3 = "aws_s3_bucket_lifecycle_configuration"
RULES = {
    S3: s3_rules,
    "aws_dlm_lifecycle_policy": snapshots,
    "azurerm_storage_management_policy": azure_rules,
    "google_storage_bucket": google_rules,
}


def test_all_that_ages_is_tested() -> None:
    assert RULES.keys() == AGEING.keys()


@pytest.mark.parametrize("kind", sorted(RULES))
@pytest.mark.parametrize(
    ("before", "after", "stopped"),
    [(None, 7, True), (30, 7, True), (7, 7, False), (7, 30, False), (7, None, False)],
)
def test_nothing_is_deleted_earlier_than_before_by_accident(
    kind: str, before: int | None, after: int | None, stopped: bool
) -> None:
    rules = RULES[kind]
    found = guarded(changes(plan(entry(f"{kind}.it", "update", before=rules(before), after=rules(after)))))
    assert [change.protection.lost.split(" older than ")[1] for change in found if change.protection] == (
        ["7 days"] if stopped else []
    )


@pytest.mark.parametrize("kind", [S3, "azurerm_storage_management_policy"])
def test_rules_that_are_off_delete_nothing(kind: str) -> None:
    rules = RULES[kind]
    changed = entry(f"{kind}.it", "update", before=rules(None), after=rules(7, "Disabled"))
    assert guarded(changes(plan(changed))) == ()


@pytest.mark.parametrize(("unknown", "stopped"), [({"bucket": True}, False), ({}, True)], ids=["new", "old"])
def test_a_bucket_that_is_only_made_now_has_nothing_to_lose(unknown: dict[str, bool], stopped: bool) -> None:
    rules = entry(f"{S3}.it", "create", before=None, after=s3_rules(7), after_unknown=unknown)
    assert bool(guarded(changes(plan(rules)))) == stopped


def test_a_new_bucket_of_google_has_nothing_to_lose_either() -> None:
    made = entry("google_storage_bucket.it", "create", before=None, after=google_rules(7), after_unknown={})
    assert guarded(changes(plan(made))) == ()


def test_a_bucket_that_goes_loses_more_than_what_is_old() -> None:
    gone = entry("google_storage_bucket.it", "delete", before=google_rules(7), after=None)
    (stopped,) = guarded(changes(plan(gone)))
    assert stopped.plain()["lost"] == "all objects in it"


def test_what_would_be_deleted_is_told_and_can_be_allowed() -> None:
    found = changes(plan(entry(f"{S3}.it", "update", before=s3_rules(None), after=s3_rules(7))))
    assert found[0].plain() == {
        "address": f"{S3}.it",
        "action": "update",
        "protected": "bucket",
        "lost": "all objects in it, and their versions, older than 7 days",
    }
    assert guarded(found, [f"{S3}.it"]) == ()


def test_an_action_of_a_newer_terraform_is_refused() -> None:
    with pytest.raises(DeployerError, match="an action that is not known here: explode") as caught:
        changes(plan(entry("aws_s3_bucket.b", "explode")))
    assert caught.value.hint == "nothing was done; a newer deployer may know it"


@pytest.mark.parametrize("actions", [("delete",), ("delete", "create"), ("create", "delete")])
@pytest.mark.parametrize(
    "before",
    [
        {"deletion_protection": True},
        {"deletion_protection_enabled": True},
        {"deletion_protection": False, "settings": [{"deletion_protection_enabled": True}]},
    ],
)
def test_what_is_protected_against_deletion_goes_only_when_that_is_off(
    before: dict[str, Any], actions: tuple[str, ...]
) -> None:
    going = entry("google_sql_database_instance.it", *actions, before=before)
    found = changes(plan(going))
    assert belt(found) == Belt(resources=("google_sql_database_instance.it",))
    refuse_what_would_fail("alps", found)


@pytest.mark.parametrize(
    ("going", "message"),
    [
        (entry("google_bigtable_instance.it", "delete", before=ON), "protected against deletion: google_b"),
        (entry("aws_db_instance.it", "delete", before=ON, deposed="abcd0123"), "and not finished: aws_db_"),
        (
            entry(
                "aws_db_instance.it", "delete", "create", before=ON, action_reason="replace_because_tainted"
            ),
            "and not finished: aws_db_instance.it",
        ),
    ],
)
def test_what_would_fail_when_half_is_gone_is_refused(going: dict[str, Any], message: str) -> None:
    """Nobody allows a type that the guard does not know; and no address stands for what is not finished."""
    with pytest.raises(DeployerError, match=message):
        refuse_what_would_fail("alps", changes(plan(going)))


@pytest.mark.parametrize(
    ("actions", "before"),
    [
        (("update",), {"deletion_protection": True}),
        (("delete",), {"deletion_protection": False}),
        (("delete",), {}),
        (("create",), None),
        (("forget",), {"deletion_protection": True}),
    ],
)
def test_what_does_not_go_or_is_not_protected_is_not_refused(
    actions: tuple[str, ...], before: dict[str, Any] | None
) -> None:
    found = changes(plan(entry("google_bigtable_instance.it", *actions, before=before)))
    assert not belt(found)
    refuse_what_would_fail("alps", found)
