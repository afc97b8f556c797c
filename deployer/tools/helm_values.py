"""Values in the form that Helm reads from stdin."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Characters that JSON may hold as they are and YAML may not, or reads as a line break.
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def values_text(values: Mapping[str, Any]) -> str:
    """Return values in the form that Helm reads from stdin: JSON, which is YAML once these are escaped.

    YAML knows no surrogate pairs, so characters stay as they are, but for those that YAML refuses.
    """
    try:
        text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise DeployerError(f"values that can't be given to Helm: {error}") from None
    return _NOT_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def nulls(values: Mapping[str, Any], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Return the path of each null that is in a map; in a list it is a value like any other."""
    for key, value in values.items():
        if value is None:
            yield (*at, str(key))
        elif isinstance(value, Mapping):
            yield from nulls(value, (*at, str(key)))
