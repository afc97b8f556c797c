"""A problem is where it is said to be: when lines come before it, it moves by as many."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.operations.validation.validate import validate
from tests.charts.making import write_mirror

if TYPE_CHECKING:
    from deployer.session import Session

EXAMPLES = sorted(Path(__file__).parent.parent.glob("examples/invalid/*/"))
LINES = 7
ABOVE = b"# A line more.\n" * LINES
MARK = "\N{BYTE ORDER MARK}".encode()
PROBLEM = re.compile(r"(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)")
OTHER_LINE = re.compile(r"(?<=in line )(\d+)(?: of (config/\S+?\.yaml))?")


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart mirror for all examples."""
    return write_mirror(tmp_path_factory.mktemp("mirror"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_problem_moves_with_its_line(
    session: Session, mirror: Path, tmp_path: Path, example: Path
) -> None:
    fleet = shutil.copytree(example, tmp_path / "fleet", symlinks=True)
    names = _plain(fleet)
    for name in names:
        content = (fleet / name).read_bytes()
        start = MARK if content.startswith(MARK) else b""
        (fleet / name).write_bytes(start + ABOVE + content.removeprefix(MARK))
    report = validate(replace(session, chart_mirror=mirror), fleet, render=False)
    told = (example / "expected.txt").read_text(encoding="utf-8").splitlines()
    expected = [_moved(line, names) for line in told]
    assert sorted(_at_the_start(str(each), names) for each in report.problems) == sorted(expected)


def test_most_problems_are_not_at_the_start_of_their_file() -> None:
    """Or the test above would prove little."""
    told = [line for each in EXAMPLES for line in (each / "expected.txt").read_text("utf-8").splitlines()]
    assert sum(":1:1: " not in line for line in told) > 0.8 * len(told)


def _plain(fleet: Path) -> set[str]:
    """Return cluster.yaml and the plain files beside it that say something, by their names in the fleet."""
    found = (path for path in fleet.glob("config/clusters/**/*.yaml") if path.is_file())
    return {
        path.relative_to(fleet).as_posix()
        for path in found
        if not path.is_symlink() and path.read_bytes().strip() and b"sops:" not in path.read_bytes()
    }


def _moved(problem: str, names: set[str]) -> str:
    """Return a problem in the fleet with more lines; what is told of a whole file stays at its start."""
    path, line, column, message = _parts(problem)

    def further(found: re.Match[str]) -> str:
        number = int(found[1]) + LINES * ((found[2] or path) in names)
        return f"{number} of {found[2]}" if found[2] else str(number)

    if path in names and (line, column) != (1, 1):
        line += LINES
    return f"{path}:{line}:{column}: {OTHER_LINE.sub(further, message)}"


def _at_the_start(problem: str, names: set[str]) -> str:
    """Return a problem as one of the whole file if it is at the first key: the two look alike."""
    path, line, column, message = _parts(problem)
    first = path in names and (line, column) == (LINES + 1, 1)
    return f"{path}:{1 if first else line}:{column}: {message}"


def _parts(problem: str) -> tuple[str, int, int, str]:
    found = PROBLEM.fullmatch(problem)
    assert found
    return found["path"], int(found["line"]), int(found["column"]), found["message"]
