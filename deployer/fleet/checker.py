"""Whether a value is as a JSON schema wants it: fast when it is, and with every error when it is not."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import jsonschema_rs
    from jsonschema.protocols import Validator

Error = Any
"""A `jsonschema.ValidationError`; its stubs say of each attribute that it may be unset."""

_DRAFTS = {
    "http://json-schema.org/draft-04/schema": "Draft4Validator",
    "http://json-schema.org/draft-06/schema": "Draft6Validator",
    "http://json-schema.org/draft-07/schema": "Draft7Validator",
    "https://json-schema.org/draft/2019-09/schema": "Draft201909Validator",
    "https://json-schema.org/draft/2020-12/schema": "Draft202012Validator",
}
_OLD = "http://json-schema.org/draft-03/schema"


@dataclass(frozen=True, kw_only=True)
class Checker:
    """Checks values against a schema, in the draft that it names (else draft 7). Formats are not looked at.

    The verdict is that of jsonschema-rs, a hundred times as fast as jsonschema, whose errors tell what is
    wrong: it is asked only then, and when jsonschema-rs takes not this schema or not this value.
    """

    schema: Mapping[str, Any] = field(repr=False)

    def iter_errors(self, value: Any) -> Iterator[Error]:
        """Return every error there is in a value."""
        if not self._fits(value):
            yield from self._telling.iter_errors(value)

    def _fits(self, value: Any) -> bool:
        """Say whether a value is known to be fine."""
        try:
            return self._quick is not None and self._quick.is_valid(value)
        except ValueError:  # a map that is no dict, text that is no Unicode
            return False

    @cached_property
    def _quick(self) -> jsonschema_rs.Validator | None:
        import jsonschema_rs

        named = str(self.schema.get("$schema", "")).rstrip("#")
        if named == _OLD:
            return None
        try:
            make = getattr(jsonschema_rs, _DRAFTS.get(named, "Draft7Validator"))
            checker: jsonschema_rs.Validator = make(self.schema, validate_formats=False, offline=True)
        except ValueError:  # it leads elsewhere, or is itself not as a schema should be
            return None
        return checker

    @cached_property
    def _telling(self) -> Validator:
        with _absent("rfc3987_syntax"):
            from jsonschema import Draft7Validator
            from jsonschema.validators import extend, validator_for

        draft = validator_for(self.schema, default=Draft7Validator)
        checker: Validator = extend(draft, {"pattern": _pattern})(self.schema)  # type: ignore[no-untyped-call]  # not typed
        return checker


def _pattern(validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[Error]:
    """Yield an error when text does not match: to JSON Schema, `$` is the very end of it.

    To Python, it is also before a line break at the end, which blocks of text have.
    """
    from jsonschema import ValidationError

    exact = pattern[:-1] + r"\Z" if pattern.endswith("$") and not pattern.endswith(r"\$") else pattern
    if validator.is_type(value, "string") and not re.search(exact, value):
        yield ValidationError(f"does not match {pattern}")


@contextmanager
def _absent(module: str) -> Iterator[None]:
    """Let an import do without an optional module.

    This one, where it is installed, spends more than a second on a parser for the format `iri`, and
    jsonschema imports it whether formats are checked or not.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # so it cannot be imported
    try:
        yield
    finally:
        del sys.modules[module]
