"""Where things are in the fleet of `making`, and its report in lines, for tests of `validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.operations.validation.report import Report

FORBIDDEN: dict[str, Any] = {"not": {}}
CLUSTER = "config/clusters/campus/cluster.yaml"
VALUES = "config/clusters/campus/research.values.yaml"


def lines(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]
