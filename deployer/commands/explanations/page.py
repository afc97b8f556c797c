"""Text that fits where it goes: cut or folded in a terminal, else whole; colours only where they show."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.text import Text

_PROSE = 80
_WHOLE = 100_000
_NARROW = 50
"""Columns below which lines are folded, since cut ones would say nothing."""


@dataclass
class Page:
    """Lines to be written to stdout at once. `width` is how many columns there are, None for any number."""

    width: int | None = None
    colours: bool = False
    _lines: list[Text] = field(default_factory=list)

    @property
    def narrow(self) -> bool:
        """Whether there is room for one thing a line only."""
        return self.width is not None and self.width < _NARROW

    @property
    def step(self) -> int:
        """By how many columns each level is indented."""
        return 1 if self.narrow else 2

    def line(self, *parts: str | tuple[str, str], indent: int = 0, hang: int = 2, cut: bool = True) -> None:
        """Add a line of texts, each plain or with a style. What does not fit is cut, or folded when narrow.

        `hang` is how much further folded lines are indented. Without `cut` it stays whole, for the terminal
        to break, so that it can be copied.
        """
        from rich.text import Text

        text = Text(" " * indent, end="").append_tokens(
            (part, None) if isinstance(part, str) else part for part in parts
        )
        if self.width and self.narrow and text.cell_len > self.width:
            self._lines += _folded(text, self.width, indent + hang)
            return
        if self.width and cut:
            text.truncate(self.width, overflow="ellipsis")
        self._lines.append(text)

    def prose(self, label: str, text: str, *, column: int) -> None:
        """Add sentences behind a label, broken between words; below it when it is narrow."""
        from textwrap import wrap

        width = min(self.width or _PROSE, _PROSE)
        indent = self.step if self.narrow else column
        lines = [
            line
            for paragraph in text.splitlines()
            for line in wrap(paragraph, max(width - indent, 8), break_long_words=self.narrow) or [""]
        ]
        if self.narrow:
            self.line((label, "bold"))
        else:
            self.line((f"{label:<{column}}", "bold"), lines.pop(0))
        for line in lines:
            self.line(line, indent=indent)

    def heading(self, text: str, *more: str | tuple[str, str]) -> None:
        """Add a line that names what follows, with an empty line above."""
        self.blank()
        self.line((text, "bold"), *more)

    def blank(self) -> None:
        """Add an empty line, unless it would be the first or the second one."""
        from rich.text import Text

        if self._lines and self._lines[-1].plain:
            self._lines.append(Text())

    def write(self) -> None:
        """Write it all."""
        from rich.console import Console

        console = Console(
            width=self.width or _WHOLE,
            force_terminal=self.colours,
            no_color=not self.colours,
            color_system="standard" if self.colours else None,
            highlight=False,
        )
        with console.capture() as captured:
            for line in self._lines:
                console.print(line, soft_wrap=True)
        click.echo(captured.get(), nl=False, color=self.colours)


def page(environ: Mapping[str, str]) -> Page:
    """Return a page for where stdout goes."""
    from shutil import get_terminal_size

    terminal = sys.stdout.isatty()
    columns = environ.get("COLUMNS", "")
    width = get_terminal_size().columns if terminal else int(columns) if columns.isdecimal() else None
    colours = terminal and "NO_COLOR" not in environ and environ.get("TERM") != "dumb"
    return Page(width=max(width, 20) if width else None, colours=colours)


def _folded(text: Text, width: int, indent: int) -> list[Text]:
    from rich.text import Text

    indent = min(indent, width // 2)
    first, *rest = [text] if text.cell_len <= width else text.divide([width])
    lines = [first]
    while rest:
        piece = rest.pop()
        if piece.cell_len > width - indent:
            piece, *rest = piece.divide([width - indent])
        lines.append(Text(" " * indent).append_text(piece))
    return lines
