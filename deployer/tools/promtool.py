"""promtool, which knows what Prometheus takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deployer.tools.process import ProgramMissing

if TYPE_CHECKING:
    from deployer.tools.process import Runner

ARGV = ("promtool", "check", "rules", "/dev/stdin")
_PLACE = re.compile(r"^(/dev/stdin: )?(\d+:\d+: )?")
"""Where in what it was given: that is nobody's file."""


def refusals(runner: Runner, rules: str) -> tuple[str, ...] | None:
    """Return what Prometheus has against a file of rules; None where promtool is not installed."""
    try:
        result = runner.run(ARGV, stdin=rules, check=False)
    except ProgramMissing:
        return None
    if result.returncode == 0:
        return ()
    lines = [line.strip() for line in result.stderr.splitlines()]
    told = [_PLACE.sub("", line) for line in lines if line and line != "FAILED:"]
    return tuple(told) or ("promtool refuses it",)
