"""What hubs have in common and could share, as text that is the proposed file."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from deployer.fleet.problems import counted

if TYPE_CHECKING:
    from deployer.commands.explanations.page import Page
    from deployer.operations.explain.sharing import Sharing

_WIDTH = 78
_COLUMNS = ("hub", "settings", "common", "own")


def write_common(page: Page, found: Sharing) -> None:
    """Write each hub's share and the proposal as comments, then what the new file says.

    It is a file, so nothing is cut or folded.
    """
    page.width = None
    _shares(page, found)
    _comment(page)
    if not found.found or not found.new:
        many = counted(found.at_least, "hub")
        _comment(page, f"nothing that {many} repeat would save lines in a place of its own")
        return
    hubs = [layers.name for layers in found.found.hubs]
    _comment(page, f"proposed: {found.new.name}")
    _comment(page, f"for {counted(len(hubs), 'hub')}: {', '.join(hubs)}")
    files = counted(len(found.new.changes), "file")
    saved = f"{counted(found.found.saved, 'setting')} and {counted(found.new.lines, 'line')}"
    _comment(page, f"saves {saved} in {files}")
    if found.same > 1:
        _comment(page, f"all {found.same} hubs of the fleet keep the same values, to the byte: it was tried")
    for name in found.new.emptied:
        _comment(page, f"nothing is left in {name}")
    page.line("")
    for line in found.new.text.rstrip("\n").split("\n"):
        page.line(line)


def _shares(page: Page, found: Sharing) -> None:
    many = counted(found.at_least, "hub")
    _comment(page, f"settings in plain values files; common are those that at least {many} have")
    rows = [
        (layers.name, str(all_), f"{shared} ({_percent(shared, all_)})", str(all_ - shared))
        for layers, (all_, shared) in found.shares.items()
    ]
    total, shared = (sum(column) for column in zip(*found.shares.values(), strict=True)) if rows else (0, 0)
    rows.append(("all", str(total), f"{shared} ({_percent(shared, total)})", str(total - shared)))
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    for row in (_COLUMNS, *rows):
        first, *others = (
            f"{cell:<{width}}" if place == 0 else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        page.line((f"# {'  '.join([first, *others])}", "dim"))


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole) if whole else 0} %"


def _comment(page: Page, text: str = "") -> None:
    for line in wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]:
        page.line((f"# {line}".rstrip(), "dim"))
