"""Reading texts as the program reads files."""

from __future__ import annotations

from typing import Any

from deployer.fleet.construct import Construction
from deployer.fleet.nodes import compose


def data_of(text: str) -> Any:
    """Return the data of a text, which must be right, with nothing shared."""
    construction = Construction("")
    node = compose(text, "")
    data = {} if node is None else construction.data(node)
    assert construction.problems == []
    return data
