"""What `validate` looks for: the program's rules and the fleet's own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.spelling import did_you_mean
from deployer.rules.catalogue import RULES
from deployer.rules.own.load import OwnRules, own_rules

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.problems import Severity
    from deployer.fleet.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A rule as it is told of. `file` is that of the fleet's own, `documentation` the address of a page."""

    id: str
    severity: Severity
    summary: str
    why: str
    ignorable: bool
    file: str | None
    documentation: str | None


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Rules that can be asked, and how many problems the files of others have."""

    rules: tuple[Explained, ...]
    errors: int = 0

    def summary(self) -> dict[str, Any]:
        """Return it as plain data (rules.schema.json)."""
        return {"rules": [asdict(rule) for rule in self.rules], "errors": self.errors}


def rules(root: Path | None, name: str | None = None, *, documentation: str | None = None) -> Rules:
    """Return all rules, those of the fleet in `root` last, or the one of a name.

    `documentation` is the address, ending with `/`, of the documentation that has a page for each rule.

    Raises:
        DeployerError: there is no rule of this name.
    """
    own = own_rules(root) if root else OwnRules()
    ours = [
        _explained(rule, page=f"{documentation}rules/{rule.id}.html" if documentation else None)
        for rule in RULES
    ]
    found = (*ours, *(_explained(rule, file=f"config/rules/{rule.id}.yaml") for rule in own.rules))
    if name is not None and name not in {rule.id for rule in found}:
        raise DeployerError(f"no such rule: {name}", hint=did_you_mean(name, [rule.id for rule in found]))
    chosen = tuple(rule for rule in found if name in (None, rule.id))
    return Rules(rules=chosen, errors=len(own.problems))


def _explained(rule: Rule[Any], *, file: str | None = None, page: str | None = None) -> Explained:
    return Explained(
        id=rule.id,
        severity=rule.severity,
        summary=rule.summary,
        why=rule.why,
        ignorable=rule.ignorable,
        file=file,
        documentation=page,
    )
