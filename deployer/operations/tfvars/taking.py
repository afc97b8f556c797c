"""Taking a file's values one by one, so that what nobody takes is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deployer.operations.tfvars.hcl import NotLiteral, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NO_COUNTERPART = "has no counterpart"
_SAYS_NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What a file says and the block does not: the variable with the keys below it, its line, and why."""

    key: str
    line: int
    reason: str


@dataclass(kw_only=True)
class Report:
    """A file as messages call it, and what of it was left out. `reasons` are those of variables by name."""

    name: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    found: list[LeftOut] = field(default_factory=list)

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return what was left out, in the order of the file."""
        return tuple(sorted(self.found, key=lambda each: (each.line, each.key)))


class Taking:
    """A map of a file, of which each value is taken once. `at` is its path, empty for the file itself.

    `taken` says whether anything of it was.
    """

    def __init__(self, report: Report, value: Value, at: tuple[str, ...] = ()) -> None:
        self.report = report
        self.at = at
        self.line = value.line
        self.taken = False
        if not isinstance(value.data, dict):
            raise self._error(value, "must be a map")
        # Null is what Terraform takes for not said.
        self._rest: dict[str, Value] = {
            key: each for key, each in value.data.items() if each.data is not None
        }

    def __contains__(self, key: str) -> bool:
        """Say whether the map has a key that nobody took yet."""
        return key in self._rest

    def text(self, key: str) -> str | None:
        """Take a text; a number counts as one."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value.data, bool | dict | list):
            raise self._error(value, "must be text", key)
        return str(value.data) or None

    def number(self, key: str, *, least: int = 0) -> int | None:
        """Take a whole number."""
        value = self._take(key)
        if value is None:
            return None
        data = int(value.data) if isinstance(value.data, str) and value.data.isdecimal() else value.data
        if not isinstance(data, int) or isinstance(data, bool) or data < least:
            raise self._error(value, f"must be a whole number, {least} at least", key)
        return data

    def amounts(self, key: str) -> list[float]:
        """Take an amount of money, or a list of them."""
        value = self._take(key)
        found = [] if value is None else value.data if isinstance(value.data, list) else [value]
        for each in found:
            if not isinstance(each.data, int | float) or isinstance(each.data, bool) or each.data <= 0:
                raise self._error(each, "must be a number above 0", key)
        return [each.data for each in found]

    def flag(self, key: str, *, default: bool) -> bool:
        """Take a boolean."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value.data, bool):
            raise self._error(value, "must be `true` or `false`", key)
        return value.data

    def texts(self, key: str) -> list[str]:
        """Take a list of texts."""
        value = self._take(key)
        found = [] if value is None else value.data
        if not isinstance(found, list) or not all(isinstance(each.data, str) for each in found):
            raise self._error(value, "must be a list of texts", key)
        return [each.data for each in found]

    def text_map(self, key: str) -> dict[str, str]:
        """Take a map of texts."""
        value = self._take(key)
        found = {} if value is None else value.data
        if not isinstance(found, dict) or any(isinstance(each.data, dict | list) for each in found.values()):
            raise self._error(value, "must be a map of texts", key)
        plain = {name: each.data for name, each in found.items() if each.data is not None}
        return {
            name: str(each).lower() if isinstance(each, bool) else str(each) for name, each in plain.items()
        }

    def inner(self, key: str) -> Taking | None:
        """Take a map, to be taken itself."""
        value = self._take(key)
        return None if value is None else Taking(self.report, value, (*self.at, key))

    def entries(self, key: str) -> Iterator[tuple[str, Taking]]:
        """Take a map of maps, to be taken themselves, with their names."""
        value = self._take(key)
        if value is None:
            return
        if not isinstance(value.data, dict):
            raise self._error(value, "must be a map", key)
        for name, each in value.data.items():
            yield name, Taking(self.report, each, (*self.at, key, name))

    def items(self, key: str) -> Iterator[Taking]:
        """Take a list of maps, to be taken themselves."""
        value = self._take(key)
        if value is None:
            return
        if not isinstance(value.data, list):
            raise self._error(value, "must be a list", key)
        for index, each in enumerate(value.data):
            yield Taking(self.report, each, (*self.at, key, str(index)))

    def line_of(self, key: str) -> int:
        """Return the line of a key, or that of the map when it has none."""
        return self._rest[key].line if key in self._rest else self.line

    def leave(self, key: str, reason: str) -> None:
        """Leave a value out, if there is one."""
        value = self._take(key)
        if value is not None and value.plain() not in _SAYS_NOTHING:
            self.tell(key, value.line, reason)

    def tell(self, key: str, line: int, reason: str) -> None:
        """Tell that something about a key, or about the whole map when that is empty, is left out."""
        path = ".".join((*self.at, key) if key else self.at)
        self.report.found.append(LeftOut(key=path, line=line, reason=reason))

    def leave_rest(self) -> None:
        """Leave out what nobody has taken."""
        for key in tuple(self._rest):
            self.leave(key, self.report.reasons.get(key, NO_COUNTERPART))

    def leave_all(self, reason: str) -> None:
        """Leave the whole map out."""
        self._rest = {}
        self.tell("", self.line, reason)

    def error(self, message: str) -> NotLiteral:
        """Return what is wrong with the whole map."""
        return NotLiteral(self.report.name, self.line, f"`{'.'.join(self.at)}` {message}")

    def _take(self, key: str) -> Value | None:
        self.taken = self.taken or key in self._rest
        return self._rest.pop(key, None)

    def _error(self, value: Value | None, message: str, key: str = "") -> NotLiteral:
        path = ".".join((*self.at, key) if key else self.at)
        return NotLiteral(self.report.name, value.line if value else self.line, f"`{path}` {message}")


def said(**values: Any) -> dict[str, Any]:
    """Return values without those that say nothing."""
    return {key: each for key, each in values.items() if each not in _SAYS_NOTHING}
