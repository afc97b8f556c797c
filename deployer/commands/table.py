"""Tables on stdout, whose heads are talk and go to stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


def echo_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, quiet: bool = False) -> None:
    """Write rows in columns that are as wide as what is in them; `quiet` leaves out the heads."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for number, row in enumerate((heads, *rows)):
        if number or not quiet:
            line = "  ".join(f"{value:<{width}}" for value, width in zip(row, widths, strict=True))
            click.echo(line.rstrip(), err=number == 0)
