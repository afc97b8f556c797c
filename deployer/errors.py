"""What a user can act on."""

from __future__ import annotations


class DeployerError(Exception):
    """A failure that a user can do something about.

    `message` is lower case without a final period and carries literals in backticks; `hint` says what to
    type or change next. Both are printed; a traceback never is.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Interrupted(DeployerError):
    """The user asked to stop (Ctrl-C or SIGTERM), and what was running has stopped."""

    exit_code = 130
