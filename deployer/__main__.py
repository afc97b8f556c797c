"""Where the program starts: `deployer`, or `python -m deployer`."""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Run the command line."""
    # Until the program listens itself, Ctrl-C just ends it; else it would show where an import was stopped.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    _open_what_is_closed()
    from deployer import cli

    cli.main()


def _open_what_is_closed() -> None:
    """Have all three streams, though whoever started us has closed some (`<&-`): Python has none then.

    They are opened in the order of their numbers, so that no other file gets one of these.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open as long as we run


if __name__ == "__main__":
    main()
