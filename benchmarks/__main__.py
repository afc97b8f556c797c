"""Measure the promised figures: `nox -s bench`, or `python -m benchmarks [help] [one] [eight] [validate]`.

Ends with 0 when all that was measured is as promised.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, in_turn, table, timed
from benchmarks.fleet import DEPLOYER, REPOSITORY, Small
from benchmarks.validate import validate_figures

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW = ("kubernetes", "jsonschema", "ruamel", "jinja2")


def main(names: list[str]) -> int:
    """Measure what is named, or everything; print a table."""
    unknown = set(names) - set(FIGURES)
    if unknown:
        raise SystemExit(f"no such figure: {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    os.environ.setdefault("DEPLOYER_CHART_MIRROR", str(REPOSITORY / "tests" / "charts"))
    figures = []
    for name in names or FIGURES:
        print(f"measure {name} ...", file=sys.stderr, flush=True)
        figures += FIGURES[name]()
    print(table(figures))
    return int(not all(figure.kept for figure in figures))


def help_figures() -> list[Figure]:
    """`deployer --help` is there at once, and imports nothing that is slow."""
    argv = [str(DEPLOYER), "--help"]
    seconds = [timed(lambda: subprocess.run(argv, capture_output=True, check=True)) for _ in range(21)]
    median = statistics.median(seconds)
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "deployer", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in shown.stderr.splitlines()}
    slow = sorted(imported & set(SLOW))
    return [
        Figure(
            name="deployer --help",
            ours=median,
            theirs=None,
            result=f"{median * 1000:.0f} ms",
            promise="at most 120 ms",
            kept=median <= 0.12,
        ),
        Figure(
            name="imports of deployer --help",
            ours=None,
            theirs=None,
            result=", ".join(slow) or "none of them",
            promise=f"no {', '.join(SLOW)}",
            kept=not slow,
        ),
    ]


def one_hub() -> list[Figure]:
    """A deploy costs little more than Helm alone."""
    ours, theirs = _side_by_side(1, rounds=11)
    extra = ours - theirs
    return [
        Figure(
            name="deploy one hub / helm upgrade --wait",
            ours=ours,
            theirs=theirs,
            result=f"{extra:+.2f} s ({ours / theirs:.2f} x)",
            promise="at most 1 s more",
            kept=extra <= 1,
        )
    ]


def eight_hubs() -> list[Figure]:
    """Eight deploys at once cost little more than eight Helms at once."""
    ours, theirs = _side_by_side(8, rounds=3)
    return [
        Figure(
            name="deploy 8 hubs / helm under xargs -P 8",
            ours=ours,
            theirs=theirs,
            result=f"{ours - theirs:+.2f} s ({ours / theirs:.2f} x)",
            promise="at most 1.3 x",
            kept=ours <= 1.3 * theirs,
        )
    ]


def _side_by_side(count: int, *, rounds: int) -> tuple[float, float]:
    """Return the means of our way and of bare Helm for the same hubs, every round a new rollout."""
    with tempfile.TemporaryDirectory(prefix="deployer-bench-") as name:
        small = Small(directory=Path(name), hubs=tuple(f"bench-{index + 1}" for index in range(count)))

        def ours(number: int) -> float:
            small.write(number)
            return _told("deployer", timed(small.deploy), small)

        def theirs(number: int) -> float:
            small.write(number)
            command = small.prepare_bare()
            return _told("bare helm", timed(lambda: small.bare(command)), small)

        try:
            small.write(-1)
            small.deploy()  # the first installation makes volumes and namespaces; it is not what is measured
            small.settle()
            first, second = in_turn([ours, theirs], rounds=rounds)
        finally:
            small.remove()
    return first, second


def _told(way: str, seconds: float, small: Small) -> float:
    print(f"  {len(small.hubs)} with {way}: {seconds:.2f} s", file=sys.stderr, flush=True)
    small.settle()
    return seconds


FIGURES: dict[str, Callable[[], list[Figure]]] = {
    "help": help_figures,
    "one": one_hub,
    "eight": eight_hubs,
    "validate": validate_figures,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
