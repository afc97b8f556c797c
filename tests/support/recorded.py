"""Which metrics the programs of a cluster tell, with which labels: recorded in `metrics/`.

A file says above how it was made. What a program serves is made into such lines by
`curl ADDRESS/metrics | .venv/bin/python -m tests.support.recorded`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.promql import asked, labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

HERE = Path(__file__).parent / "metrics"
OF_TARGETS = {"job", "instance", "namespace", "service", "node"}
"""Labels that Prometheus' jobs give: of Services with the annotation, of the nodes, of hubs."""
_SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+")
_LABEL = re.compile(r'(\w+)="(?:[^"\\]|\\.)*"')


def recorded() -> dict[str, set[str]]:
    """Return the labels of each metric, by name."""
    found: dict[str, set[str]] = {}
    for path in sorted(HERE.glob("*.txt")):
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                name, *labels = line.split()
                found.setdefault(name, set()).update(labels)
    return found


def untold(expr: str, *, made: Collection[str] = ()) -> list[str]:
    """Return the metrics and labels that a question asks for, and that no program was seen to tell.

    Its answer would always be empty. `made` are labels that questions make themselves.
    """
    told, series = recorded(), asked(expr)
    names = [each.metric for each in series if each.metric not in told]
    matched = {
        f"{each.metric}{{{label}}}"
        for each in series
        for label, _, _ in each.matchers
        if label not in told.get(each.metric, set()) | OF_TARGETS
    }
    anywhere = OF_TARGETS.union(made, *(told.get(each.metric, set()) for each in series))
    return [*names, *sorted(matched), *sorted(labels(expr) - anywhere)]


def lines(scrape: Iterable[str]) -> list[str]:
    """Return a line for each metric in what a program serves: its name and its labels."""
    found: dict[str, set[str]] = {}
    for line in scrape:
        sample = _SAMPLE.match(line)
        if sample and not line.startswith("#"):
            found.setdefault(sample[1], set()).update(_LABEL.findall(sample[2] or ""))
    return [" ".join([name, *sorted(labels)]) for name, labels in sorted(found.items())]


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines(sys.stdin))
