"""The pages about rules: what each wants and why, with the examples that are its tests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployer.fleet import rules as fleet_rules
from deployer.fleet.rules.reading import READING
from deployer.rules import catalogue, manifests, values
from deployer.rules.dates import PAST_DATE
from deployer.rules.kubernetes_support import KUBERNETES_SUPPORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.fleet.rule import Rule

EXAMPLES = Path(__file__).parent.parent / "tests" / "examples"
PLACES = (EXAMPLES, EXAMPLES / "rendered")
EXPECTED = "expected.txt"
LONGEST = 80
"""Lines of a file that a page shows."""

GROUPS: tuple[tuple[str, Iterable[Rule[Any]]], ...] = (
    ("Files", READING),
    ("The fleet", (*fleet_rules.RULES, KUBERNETES_SUPPORT)),
    ("A hub's values", (*values.RULES, PAST_DATE)),
    ("Alarms", catalogue.ALARMS),
    ("On the way to objects", catalogue.RENDERING),
    ("Kubernetes objects", manifests.RULES),
)
INTRODUCTION = """\
# Rules

What `deployer validate` looks for. Each problem ends with the id of its rule: `[schema]`. How to read
problems, and how to ignore one or put it off, is told in [Validation](../validation.md).
"""
SEVERITIES = {
    "error": "error: it stops a deploy",
    "warning": "warning: it does not stop a deploy",
}


def pages() -> dict[str, str]:
    """Return the index of rules and a page for each, by name."""
    return {"rules/index.md": _index(), **{f"rules/{rule.id}.md": page(rule) for rule in catalogue.RULES}}


def examples(rule: Rule[Any], kind: str) -> list[Path]:
    """Return the `valid` or `invalid` example fleets of a rule: directories named id, or id--variant."""
    found = [path for place in PLACES for path in (place / kind).glob(f"{rule.id}*") if path.is_dir()]
    return sorted(path for path in found if path.name.partition("--")[0] == rule.id)


def page(rule: Rule[Any]) -> str:
    """Return the page of a rule."""
    parts = [f"# {rule.id}", rule.summary, f"**Severity:** {SEVERITIES[rule.severity]}.", rule.why]
    parts += [_ignoring(rule)]
    for kind, title in (("invalid", "Wrong"), ("valid", "Right")):
        for example in examples(rule, kind):
            variant = example.name.partition("--")[2].replace("-", " ")
            parts += [f"## {title}{': ' if variant else ''}{variant}", *_shown(example)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _index() -> str:
    parts = [INTRODUCTION.strip()]
    for title, rules in GROUPS:
        rows = [f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {_cell(rule.summary)} |" for rule in rules]
        if rows:
            parts += [f"## {title}", "\n".join(["| Rule | Severity | |", "| --- | --- | --- |", *rows])]
    return "\n\n".join(parts) + "\n"


def _ignoring(rule: Rule[Any]) -> str:
    if not rule.ignorable:
        return "It cannot be ignored: without it nothing else can be trusted."
    return f"Where it is known and accepted, say so beside the line: `# deployer: ignore={rule.id} REASON`."


def _shown(example: Path) -> Iterator[str]:
    for path in sorted(example.rglob("*")):
        if path.is_file() and path.name != EXPECTED:
            yield f"`{path.relative_to(example).as_posix()}`"
            yield _block(path.read_text(encoding="utf-8", errors="replace"), _language(path))
    expected = example / EXPECTED
    if expected.exists():
        yield "What is said:"
        yield _block(expected.read_text(encoding="utf-8"), "text")


def _block(text: str, language: str) -> str:
    lines = text.splitlines()
    if len(lines) > LONGEST:
        lines = [*lines[:LONGEST], f"... and {len(lines) - LONGEST} more lines"]
    longest = max((len(ticks) for ticks in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return "\n".join([f"{fence}{language}", *lines, fence])


def _language(path: Path) -> str:
    return {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".py": "python"}.get(path.suffix, "text")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
