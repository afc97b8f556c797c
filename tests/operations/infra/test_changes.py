"""What plans would do, and what the guard has against it: facts of Terraform's JSON output format."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.clouds.resources import PROTECTED
from deployer.errors import DeployerError
from deployer.operations.infra.changes import changes, guarded, refuse_what_would_fail
from deployer.operations.infra.unprotect import Belt, belt

ON = {"deletion_protection": True}


def entry(address: str, *actions: str, **more: Any) -> dict[str, Any]:
    change: dict[str, Any] = {"actions": list(actions)}
    for key in ("replace_paths", "before"):
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
