"""What refuses to be deleted, read from plans and states; and when nothing but protection goes off."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.operations.infra.changes import changes
from deployer.operations.infra.deletion_protection import is_only_switched_off, locks, lying_on
from deployer.operations.infra.unprotect import Belt, belt

ACCOUNT = "/subscriptions/x/resourceGroups/alps/providers/Microsoft.Storage/storageAccounts/alps"


def resource(address: str, **values: Any) -> dict[str, Any]:
    return {
        "address": address,
        "type": address.split(".", maxsplit=1)[0],
        "mode": "managed",
        "values": values,
    }


STATE = [
    resource("azurerm_storage_account.alps", id=ACCOUNT),
    resource("azurerm_storage_account.alps2", id=f"{ACCOUNT}2"),
    resource(
        "azurerm_management_lock.alps",
        id=f"{ACCOUNT}/providers/Microsoft.Authorization/locks/alps",
        scope=ACCOUNT.upper(),
    ),
]


def destroyed(address: str, identity: str) -> dict[str, Any]:
    plan = {
        "address": address,
        "type": address.split(".", maxsplit=1)[0],
        "change": {"actions": ["delete"], "before": {"id": identity}},
    }
    return {
        "resource_changes": [plan],
        "prior_state": {"values": {"root_module": {"resources": STATE}}},
    }


@pytest.mark.parametrize(
    ("identity", "lies"),
    [
        (ACCOUNT, True),
        (f"{ACCOUNT}/blobServices/default/containers/scratch", True),
        (f"{ACCOUNT}2", False),
        ("/subscriptions/x/resourceGroups/alps", False),
        (None, False),
    ],
)
def test_a_lock_lies_on_a_thing_and_on_what_is_in_it(identity: str | None, lies: bool) -> None:
    assert bool(lying_on(locks(STATE), "azurerm_storage_container.x", identity)) == lies


def test_what_a_lock_lies_on_is_known_by_its_address() -> None:
    (lock,) = locks(STATE)
    assert (lock.address, lock.owners) == ("azurerm_management_lock.alps", ("azurerm_storage_account.alps",))


def test_the_owner_of_a_lock_stays_when_only_something_in_it_goes() -> None:
    container = f"{ACCOUNT}/blobServices/default/containers/scratch"
    found = changes(destroyed("azurerm_storage_container.scratch", container))
    assert belt(found) == Belt(
        locks=("azurerm_management_lock.alps",), staying=("azurerm_storage_account.alps",)
    )
    found = changes(destroyed("azurerm_storage_account.alps", ACCOUNT))
    assert belt(found) == Belt(
        locks=("azurerm_management_lock.alps",), going=("azurerm_storage_account.alps",)
    )


def test_a_lock_that_goes_is_held_by_nothing() -> None:
    assert not belt(changes(destroyed("azurerm_management_lock.alps", STATE[2]["values"]["id"])))


@pytest.mark.parametrize(
    ("after", "unknown", "only"),
    [
        ({"deletion_protection": False, "size": 1, "parts": [{"x": 1}]}, {}, True),
        ({"deletion_protection": False, "size": 1}, {"parts": True}, True),
        ({"deletion_protection": False, "size": 1, "parts": [{}]}, {"parts": [{"x": True}]}, True),
        ({"deletion_protection": False, "size": 1, "parts": [{"x": 1, "y": ""}], "more": 0}, {}, True),
        ({"deletion_protection": False, "size": 0, "parts": [{"x": 1}]}, {}, False),
        ({"deletion_protection": False, "size": 2, "parts": [{"x": 1}]}, {}, False),
        ({"deletion_protection": False, "size": 1, "parts": [{"x": 2}]}, {}, False),
        ({"deletion_protection": False, "size": 1, "parts": []}, {}, False),
        ({"deletion_protection": True, "size": 1, "parts": [{"x": 1}]}, {}, False),
        ({"deletion_protection": False, "size": 1, "parts": [{"x": 1}], "more": 1}, {}, False),
    ],
)
def test_only_protection_may_differ(after: dict[str, Any], unknown: dict[str, Any], only: bool) -> None:
    before = {"deletion_protection": True, "size": 1, "parts": [{"x": 1}]}
    assert is_only_switched_off({"before": before, "after": after, "after_unknown": unknown}) == only
