"""A report as SARIF 2.1.0, as GitHub's code scanning and editors read it."""

from __future__ import annotations

import hashlib
from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from deployer.fleet.problems import identity
from deployer.fleet.rule import Rule
from deployer.rules.catalogue import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deployer.commands.report_formats.places import Places
    from deployer.fleet.problems import Problem
    from deployer.operations.validation.report import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "%SRCROOT%"
_FINGERPRINT = "problem/v1"


def log(report: Report, places: Places, documentation: str | None) -> dict[str, Any]:
    """Return a report as a SARIF log of one run."""
    rules = _rules(report)
    driver = {
        "name": "deployer",
        "version": version("deployer"),
        **({"informationUri": documentation} if documentation else {}),
        "rules": [_descriptor(rule, documentation) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report)],
        "results": list(_results(report.problems, rules, places)),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules(report: Report) -> list[Rule[Any]]:
    """Return the catalogue's rules, the fleet's own, and those that are neither but found something."""
    known = {rule.id: rule for rule in (*RULES, *report.own_rules)}
    for problem in report.problems:
        if problem.rule not in known:
            known[problem.rule] = Rule(id=problem.rule, severity=problem.severity, summary=problem.rule)
    return list(known.values())


def _descriptor(rule: Rule[Any], documentation: str | None) -> dict[str, Any]:
    page = f"{documentation}rules/{rule.id}.html" if documentation and rule in RULES else None
    text = "\n\n".join(filter(None, (rule.summary, rule.why)))
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why or rule.summary},
        "help": {"text": text, "markdown": f"{text}\n\n[{rule.id}]({page})" if page else text},
        **({"helpUri": page} if page else {}),
        "defaultConfiguration": {"level": rule.severity},
    }


def _invocation(report: Report) -> dict[str, Any]:
    # A run that could not look at everything must not close alerts: code scanning takes over the results of
    # successful runs only.
    notes = [("error", text) for text in report.not_checked] + [("note", text) for text in report.notices]
    return {
        "executionSuccessful": not report.not_checked,
        "exitCode": 0 if report.ok else 1,
        "toolExecutionNotifications": [{"level": level, "message": {"text": text}} for level, text in notes],
    }


def _results(
    problems: Sequence[Problem], rules: Sequence[Rule[Any]], places: Places
) -> Iterator[dict[str, Any]]:
    index = {rule.id: number for number, rule in enumerate(rules)}
    seen: Counter[tuple[str, ...]] = Counter()
    for problem in problems:
        which = identity(problem)
        seen[which] += 1
        file = {"uri": places.uri(problem.path)}
        if not file["uri"].startswith("file:"):
            file["uriBaseId"] = _BASE
        region = {"startLine": problem.line, "startColumn": problem.column}
        yield {
            "ruleId": problem.rule,
            "ruleIndex": index[problem.rule],
            "level": problem.severity,
            "message": {"text": problem.message},
            "locations": [{"physicalLocation": {"artifactLocation": file, "region": region}}],
            "partialFingerprints": {_FINGERPRINT: _hash(*which, str(seen[which]))},
        }


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:32]
