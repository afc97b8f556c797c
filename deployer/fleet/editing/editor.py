"""Editing the text of a YAML file, and proof that nothing else changed.

Edits are splices of the text, so whatever they are not about keeps every byte: comments, quotes, indentation,
anchors, line ends. Whether the text then says what it should is not trusted but read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.editing.intended import intended, same
from deployer.fleet.editing.reading import data_of
from deployer.fleet.editing.splices import spliced
from deployer.fleet.encrypted import is_encrypted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.editing.edits import Edit

_ELSEWHERE = "it would not say what it should then, for an anchor, an alias or its layout is in the way"


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text after all of some edits.

    Raises:
        EditRefused: the text is no YAML or encrypted, an edit cannot be made, or more than that would change.
    """
    edits = tuple(edits)
    before = data_of(text, "it has problems: correct them first")
    if is_encrypted(before):
        raise EditRefused("it is encrypted")
    wanted = intended(before, edits)
    result = spliced(text, edits)
    if not same(data_of(result, _ELSEWHERE), wanted):
        raise EditRefused(_ELSEWHERE)
    return result
