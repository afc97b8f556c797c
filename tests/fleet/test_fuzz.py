"""Spoilt files: whatever is in them, loading ends, and says the same each time, of places that there are.

`nox -s fuzz` goes on for minutes, with new random changes in each round. What it has found stays in
tests/fleet/found: add the file that did it.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployer.fleet.load import load
from deployer.operations.validation.validate import validate
from deployer.session import Session
from tests.charts.making import write_mirror
from tests.fleet.mutations import MUTATIONS, Mutation, mutated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.fleet.problems import Problem

TESTS = Path(__file__).parent.parent
FLEETS = [*sorted(TESTS.glob("examples/*valid/*/")), TESTS / "golden/fleet"]
# Rules of a fleet's own may take as long as they are allowed to, and some of these do.
FLEETS = [fleet for fleet in FLEETS if not (fleet / "config/rules").exists()]
FILES = [path for fleet in FLEETS for path in sorted(fleet.glob("config/**/*.yaml"))]
FOUND = sorted((TESTS / "fleet/found").iterdir())
BREAK = re.compile("\r\n|[\r\n]")

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "500"))
fuzz = settings(
    max_examples=EXAMPLES,
    # A hang, not a slow machine: one example takes some milliseconds, and a busy machine pauses for seconds.
    deadline=timedelta(minutes=1),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


class Playground:
    """Copies of the fleets, of which one file at a time is spoilt."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for fleet in FLEETS:
            shutil.copytree(fleet, self._copy(fleet))

    def spoil(self, original: Path, content: bytes) -> Path:
        """Give a file of a fleet another content, and return the root of the fleet."""
        fleet = next(fleet for fleet in FLEETS if original.is_relative_to(fleet))
        root = self._copy(fleet)
        (root / original.relative_to(fleet)).write_bytes(content)
        return root

    def mend(self, original: Path) -> None:
        """Give a file what it had."""
        self.spoil(original, original.read_bytes())

    def _copy(self, fleet: Path) -> Path:
        return self.directory / fleet.relative_to(TESTS)


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Playground:
    return Playground(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A session that finds every chart, stand-ins of them."""
    directory = tmp_path_factory.mktemp("session")
    session = Session(environ={}, cache=directory / "cache", state=directory / "state")
    return replace(session, chart_mirror=write_mirror(directory / "mirror"))


def check(problems: Iterable[Problem], root: Path) -> None:
    """Want every problem to be one line, about a place that there is."""
    for problem in problems:
        assert problem.message.isprintable()
        path = root / problem.path
        assert path.exists()
        lines = _lines(path)
        assert 1 <= problem.line <= len(lines), problem
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1, problem


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        return [""]
    return BREAK.split(path.read_bytes().decode("utf-8-sig", errors="replace"))


@fuzz
@given(file=st.sampled_from(FILES), mutations=MUTATIONS)
def test_a_fleet_with_a_spoilt_file_is_loaded(
    playground: Playground, file: Path, mutations: list[Mutation]
) -> None:
    text = mutated(file.read_text(encoding="utf-8", errors="replace"), mutations)
    root = playground.spoil(file, text.encode())
    try:
        _, problems = load(root)
        check(problems, root)
        assert load(root)[1] == problems
    finally:
        playground.mend(file)


@fuzz
@given(file=st.sampled_from(FILES), content=st.binary(max_size=200), place=st.integers(0, 5000))
def test_any_bytes_are_read(playground: Playground, file: Path, content: bytes, place: int) -> None:
    before = file.read_bytes()
    cut = place % (len(before) + 1)
    root = playground.spoil(file, before[:cut] + content + before[cut:])
    try:
        check(load(root)[1], root)
    finally:
        playground.mend(file)


@settings(fuzz, max_examples=EXAMPLES // 4)
@given(file=st.sampled_from(FILES), mutations=MUTATIONS)
def test_the_values_of_a_spoilt_fleet_are_checked(
    playground: Playground, surroundings: Session, file: Path, mutations: list[Mutation]
) -> None:
    text = mutated(file.read_text(encoding="utf-8", errors="replace"), mutations)
    root = playground.spoil(file, text.encode())
    try:
        report = validate(surroundings, root, render=False)
        check(report.problems, root)
        assert validate(surroundings, root, render=False) == report
    finally:
        playground.mend(file)


@pytest.mark.parametrize("found", FOUND, ids=lambda path: path.name)
@pytest.mark.parametrize("place", ["cluster.yaml", "research.values.yaml"])
def test_what_was_found_once(tmp_path: Path, surroundings: Session, place: str, found: Path) -> None:
    shutil.copytree(TESTS / "examples/valid/chart-schema", tmp_path / "fleet")
    root = tmp_path / "fleet"
    (root / "config/clusters/campus" / place).write_bytes(found.read_bytes())
    check(validate(surroundings, root, render=False).problems, root)
