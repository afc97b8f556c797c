"""Where the program starts: `deployer`, or `python -m deployer`."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line."""
    # Until the program listens itself, Ctrl-C just ends it; else it would show where an import was stopped.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    from deployer import cli

    cli.main()


if __name__ == "__main__":
    main()
