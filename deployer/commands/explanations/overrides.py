"""Keys that repeat what is below them, as text: a line each, as compilers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.commands.explanations.branches import place
from deployer.fleet.keypath import shown
from deployer.fleet.problems import counted
from deployer.render.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.commands.explanations.page import Page
    from deployer.operations.explain.overrides import Advice


def write_overrides(page: Page, found: Iterable[Advice]) -> None:
    """Write the advice, file by file."""
    for each in found:
        where = (f"{each.file}:{each.line}: ", "bold")
        if page.width is None:
            page.line(where, f"{_what(each)}, {_reason(each)}")
        else:
            page.line(where, _what(each), cut=False)
            page.line((_reason(each), "dim"), indent=2 * page.step)


def _what(each: Advice) -> str:
    if isinstance(each.value, dict) and each.value:
        return f"{shown(each.at)} ({counted(each.keys, 'key')})"
    return f"{shown(each.at)}: {one_line(each.value)}"


def _reason(each: Advice) -> str:
    if each.why == "adds nothing":
        return "an empty map adds nothing, and takes nothing away"
    if each.why == "removes nothing":
        return "there is nothing to remove"
    places = [place(origin, origin.line(at)) for origin, at in each.said_by]
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"as in {places[0]}{more}"
