"""Cost Explorer: which tags costs are told apart by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.infra.aws.call import Call


class CostExplorer:
    """The tags and whether they are active."""

    def __init__(self) -> None:
        self._statuses: dict[str, str] = {}

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer what moto lacks."""
        match call.action:
            case "UpdateCostAllocationTagsStatus":
                for tag in call.body["CostAllocationTagsStatus"]:
                    self._statuses[tag["TagKey"]] = tag["Status"]
                return {"Errors": []}
            case "ListCostAllocationTags":
                wanted = call.body.get("TagKeys") or list(self._statuses)
                return {
                    "CostAllocationTags": [
                        {"TagKey": key, "Type": "UserDefined", "Status": self._statuses[key]}
                        for key in wanted
                        if key in self._statuses
                    ]
                }
        return None

    def complete(self, call: Call) -> None:
        """Add nothing."""
