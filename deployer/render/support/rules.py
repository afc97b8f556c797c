"""The rules by which Prometheus raises an alarm: files of the chart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject

_DIRECTORY = "rules/"


def rules(subject: SupportSubject) -> dict[str, Any]:
    """Raise an alarm by the rules in the chart's files, each with the address of its page if known."""
    groups = [
        group
        for path, text in sorted(subject.chart_files.items())
        if path.startswith(_DIRECTORY)
        for group in yaml.safe_load(text)["groups"]
    ]
    if not groups:
        return {}
    pages = subject.own_value("alarm", "runbooks")
    if pages:
        groups = [_linked(group, pages) for group in groups]
    return {"prometheus": {"serverFiles": {"alerting_rules.yml": {"groups": groups}}}}


def _linked(group: dict[str, Any], pages: str) -> dict[str, Any]:
    """Return a group whose rules have the address of their runbook and not its path in the repository."""
    linked = []
    for rule in group.get("rules", ()):
        said = rule.get("annotations", {})
        page = {"runbook": pages.replace("{page}", Path(said["runbook"]).stem)} if "runbook" in said else {}
        linked.append({**rule, "annotations": {**said, **page}} if page else rule)
    return {**group, "rules": linked}
