"""From old user names to new ones: a table, named rules, regular expressions, in this order."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

Rule = Callable[[str], str]


def _local_part(name: str) -> str:
    return name.rpartition("@")[0] or name


RULES: Mapping[str, tuple[Rule, str]] = {
    "lower": (str.lower, "capitals become small letters"),
    "strip-domain": (_local_part, "what begins with the last `@` goes"),
}
"""Named rules: what each does to a name, and how that is said."""

FROM_GITHUB = "github-to-email"
"""A rule that needs a table with the columns `github` and `email`. Capitals count on neither side: GitHub has
no two names that differ in them, and JupyterHub makes e-mail addresses small at sign-in."""


@dataclass(frozen=True, kw_only=True)
class Translation:
    """How names change. `table` is None when there is none; who is not in it keeps the name."""

    table: Mapping[str, str] | None = None
    rules: tuple[Rule, ...] = ()
    ignore_case: bool = False
    """Whether capitals do not count in the old names, which the table then has in small letters."""

    def of(self, name: str) -> str | None:
        """Return the new name, or None for who is not in the table."""
        if self.table is not None:
            if self._key(name) not in self.table:
                return None
            name = self.table[self._key(name)]
        for rule in self.rules:
            name = rule(name)
        return name

    def unknown(self, users: Collection[str]) -> tuple[str, ...]:
        """Return the names of the table that no user has."""
        return tuple(sorted(set(self.table or ()) - {self._key(name) for name in users}))

    def _key(self, name: str) -> str:
        return name.lower() if self.ignore_case else name


def translation(
    *, rules: Sequence[str] = (), table: Path | None = None, replacements: Sequence[tuple[str, str]] = ()
) -> Translation:
    """Put a translation together from names of rules, a file with a table, and pairs of regular expressions.

    Raises:
        DeployerError: none of them is given, or one cannot be used.
    """
    if not (rules or table or replacements):
        raise DeployerError(
            "nothing says what users are to be called", hint="give `--rule`, `--replace` or `--table`"
        )
    if FROM_GITHUB in rules and table is None:
        raise DeployerError(
            f"the rule `{FROM_GITHUB}` needs a table",
            hint="add `--table FILE.csv` with the header `github,email`",
        )
    github = FROM_GITHUB in rules
    found = None
    if table is not None:
        found = _github_table(table) if github else read_table(table, ("old", "new"))
    named = [RULES[name][0] for name in rules if name != FROM_GITHUB]
    steps = (*named, *(_replacing(*pair) for pair in replacements))
    return Translation(table=found, rules=steps, ignore_case=github)


def read_table(path: Path, header: tuple[str, str]) -> dict[str, str]:
    """Read a CSV file with these two columns, whatever others it has; all problems of it are told at once.

    Raises:
        DeployerError: it cannot be read, or a row is not as it must be.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeError, csv.Error) as error:
        raise DeployerError(f"the table cannot be read: {path}: {error}") from error
    columns = [_column(path, rows, name) for name in header]
    table: dict[str, str] = {}
    problems = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = [row[column].strip() if column < len(row) else "" for column in columns]
        old, new = cells
        if not old or not new:
            problems.append(f"{path}:{number}: `{header[0 if not old else 1]}` is empty")
        elif table.setdefault(old, new) != new:
            problems.append(f"{path}:{number}: `{old}` is there twice, as `{table[old]}` and as `{new}`")
    if problems:
        raise DeployerError("\n".join(problems), hint="correct the table")
    return table


def _column(path: Path, rows: list[list[str]], name: str) -> int:
    head = [cell.strip() for cell in rows[0]] if rows else []
    if name not in head:
        raise DeployerError(
            f"{path}:1: the header has no column `{name}`",
            hint=did_you_mean(name, head) or "see docs/users.md",
        )
    return head.index(name)


def _github_table(path: Path) -> dict[str, str]:
    table: dict[str, str] = {}
    for github, email in read_table(path, ("github", "email")).items():
        known = table.setdefault(github.lower(), email.lower())
        if known != email.lower():
            raise DeployerError(
                f"{path}: `{github.lower()}` is there twice, as `{known}` and as `{email.lower()}`",
                hint="correct the table: capitals do not count on GitHub",
            )
    return table


def _replacing(pattern: str, replacement: str) -> Rule:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        expression = re2.compile(pattern, options)
        expression.sub(replacement, "")
        expression.sub(replacement, "a name that shows which groups there are")
    except (re2.error, UnicodeError, IndexError) as error:
        raise DeployerError(
            f"not a regular expression with its replacement: `{pattern}`, `{replacement}`",
            hint=f"{_reason(error)}; the syntax is RE2's, groups are `\\1` in the replacement",
        ) from error

    def replace(name: str) -> str:
        try:
            return str(expression.sub(replacement, name))
        except re2.error as error:
            raise DeployerError(
                f"`{replacement}` cannot be put in for `{pattern}`: {_reason(error)}"
            ) from error

    return replace


def _reason(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
