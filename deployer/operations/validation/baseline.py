"""A report against a baseline, read or written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deployer.fleet.problems import counted
from deployer.rules.baseline import Baseline, read, write

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Protocol

    from deployer.operations.validation.report import Report

    class Check(Protocol):
        """A validation that needs nothing more than a baseline."""

        def __call__(self, *, baseline: Baseline) -> Report:
            """Carry it out."""


def against(file: Path, check: Check) -> Report:
    """Return the report of what a baseline does not have."""
    baseline = read(file)
    return _compared(check(baseline=baseline), baseline, file)


def recorded(file: Path, check: Check) -> Report:
    """Make a baseline of everything that is found, and return the report of the rest: nothing."""
    report = check(baseline=Baseline(everything=True))
    return _compared(report, write(file, report.problems), file)


def _compared(report: Report, baseline: Baseline, file: Path) -> Report:
    new, known, gone = baseline.compare(report.problems)
    notices = report.notices
    if gone and report.complete:
        is_are = "is" if gone == 1 else "are"
        text = f"{counted(gone, 'problem')} of the baseline {is_are} no more"
        notices = (*notices, f"{text}: `deployer validate --write-baseline {file}` writes it anew")
    return replace(report, problems=new, in_baseline=known, notices=notices)
