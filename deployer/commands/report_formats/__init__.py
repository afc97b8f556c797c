"""How a report of `validate` is written: for people, for programs, for GitHub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.validation.report import Report

Format = Literal["text", "json", "github", "sarif"]
FORMATS: tuple[Format, ...] = ("text", "json", "github", "sarif")


def written(report: Report, how: Format, *, root: Path, documentation: str | None = None) -> str:
    """Return a report in a format, without a newline at its end.

    `root` is the fleet's directory. `documentation` is the address, ending with `/`, of the documentation
    that has the rules' pages.
    """
    if how == "text":
        return "\n".join(str(problem) for problem in report.problems)
    if how == "json":
        return json.dumps(report.summary(), indent=2)
    from deployer.commands.report_formats import github, sarif
    from deployer.commands.report_formats.places import Places

    if how == "github":
        return "\n".join(github.commands(report, Places.of(root)))
    return json.dumps(sarif.log(report, Places.of(root), documentation), indent=2)
