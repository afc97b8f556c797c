"""How people mark what is still to be filled in."""

from __future__ import annotations

import re
from typing import Any

_LONGEST = 200
_FIRST = re.compile(r"(?i)change|to-?do|fixme|tbd|xxx|replace|fill|your")
"""One of these is in every placeholder; looked for first, since that is quick."""
_PLACEHOLDER = re.compile(
    # In capitals, a remark may follow; not what makes a name of it, such as `TODO.md`.
    r"(?:TODO|FIXME|TBD|CHANGE[-_ ]?ME|REPLACE[-_ ]?ME|FILL[-_ ]?ME)(?![-\w./])[^\n]*"
    # Longer rows of x are somebody's data, as are hashes.
    r"|(?i:to-?do|fixme|tbd|x{3,9}|(?:change|replace|fill)[-_ ]?(?:me|this|it)(?:[-_ ]?in)?"
    r"|your[-_][-_\w]+)[.:!]?"
)


def is_placeholder(value: Any) -> bool:
    """Say whether a value is, or begins with, a word such as `TODO`, `CHANGEME`, `your-project` or `xxx`."""
    if not isinstance(value, str) or len(value) > _LONGEST or not _FIRST.search(value):
        return False
    return _PLACEHOLDER.fullmatch(value.strip()) is not None
