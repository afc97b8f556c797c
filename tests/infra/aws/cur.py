"""Cost and Usage Reports, all of them: what is written into which bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.infra.aws.call import Refused

if TYPE_CHECKING:
    from tests.infra.aws.call import Call

_REGION = "us-east-1"


class CostReports:
    """Reports and their tags by name."""

    def __init__(self) -> None:
        self._reports: dict[str, dict[str, Any]] = {}
        self._tags: dict[str, dict[str, str]] = {}

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer every call there is."""
        if call.region != _REGION:
            raise Refused("ValidationException", f"no such service in {call.region}, only in {_REGION}")
        match call.action:
            case "PutReportDefinition":
                return self._put(call.body["ReportDefinition"], call.body.get("Tags") or [])
            case "DescribeReportDefinitions":
                return {"ReportDefinitions": list(self._reports.values())}
        name = call.body["ReportName"]
        if name not in self._reports:
            raise Refused("ResourceNotFoundException", f"no such report: {name}")
        if call.action == "ListTagsForResource":
            return {"Tags": [{"Key": key, "Value": value} for key, value in self._tags[name].items()]}
        self._change(name, call)
        return {}

    def complete(self, call: Call) -> None:
        """Add nothing."""

    def _put(self, report: dict[str, Any], tags: list[dict[str, str]]) -> dict[str, Any]:
        name = report["ReportName"]
        if name in self._reports:
            raise Refused("DuplicateReportNameException", f"the report is there: {name}")
        self._reports[name] = report
        self._tag(name, tags)
        return {}

    def _change(self, name: str, call: Call) -> None:
        match call.action:
            case "ModifyReportDefinition":
                self._reports[name] = call.body["ReportDefinition"]
            case "DeleteReportDefinition":
                del self._reports[name], self._tags[name]
            case "TagResource":
                self._tag(name, call.body["Tags"])
            case "UntagResource":
                for key in call.body["TagKeys"]:
                    self._tags[name].pop(key, None)

    def _tag(self, name: str, tags: list[dict[str, str]]) -> None:
        self._tags.setdefault(name, {}).update({tag["Key"]: tag["Value"] for tag in tags})
