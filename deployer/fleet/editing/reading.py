"""What a text says that is edited, or that comes in."""

from __future__ import annotations

from typing import Any

from deployer.fleet.construct import Construction
from deployer.fleet.editing.edits import EditRefused
from deployer.fleet.nodes import NotYaml, compose


def data_of(text: str, trouble: str) -> Any:
    """Return the data of a text, an empty map when nothing is in it.

    Raises:
        EditRefused: something is wrong with the text; the message is `trouble`.
    """
    construction = Construction("")
    try:
        node = compose(text, "")
    except NotYaml as error:
        raise EditRefused(trouble) from error
    data = {} if node is None else construction.data(node)
    if construction.problems:
        raise EditRefused(trouble)
    # An empty file is an empty map, also when comments are in it.
    return {} if data is None else data
