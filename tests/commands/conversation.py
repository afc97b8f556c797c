"""Talking to the program at a pseudo-terminal, as somebody at a keyboard would."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PATIENCE = 30
"""Seconds after which a program that says nothing is taken for stuck."""


def talk(
    argv: Iterable[str],
    turns: Iterable[tuple[str, str]],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    columns: int = 80,
) -> tuple[int, str]:
    """Run the program at a terminal and return its exit code and all that was seen there.

    Each turn is what is waited for on the screen, and what is typed then.
    """
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    program = Path(sys.executable).with_name("deployer")
    process = subprocess.Popen(
        [program, *argv],
        stdin=there,
        stdout=there,
        stderr=there,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "TERM": "dumb", **environ},
        start_new_session=True,
        preexec_fn=_take_terminal,  # noqa: PLW1509 - no thread runs beside a test
    )
    os.close(there)
    try:
        screen = ""
        for expected, typed in turns:
            screen += _until(here, expected)
            os.write(here, typed.encode())
        screen += _until(here, None)
        return process.wait(), screen.replace("\r\n", "\n")
    finally:
        process.kill()
        process.wait()
        os.close(here)


def _take_terminal() -> None:
    """Make the terminal the one whose Ctrl-C the program hears; it leads a session by now."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _until(terminal: int, expected: str | None) -> str:
    """Return what comes until something was seen, or until the program has gone."""
    seen = b""
    while expected is None or expected.encode() not in seen:
        ready, _, _ = select.select([terminal], [], [], _PATIENCE)
        assert ready, f"stuck, waiting for {expected!r} after: {seen.decode()}"
        try:
            more = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            more = b""
        if not more:
            assert expected is None, f"gone, without {expected!r}: {seen.decode()}"
            break
        seen += more
    return seen.decode()
