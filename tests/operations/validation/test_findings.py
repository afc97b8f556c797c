"""What was found before is found again, and only then: with the cache everything is as without."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployer.operations.validation.validate import validate
from deployer.session import Session
from tests.operations.validation.edits import EDITS, edit, start

if TYPE_CHECKING:
    from tests.operations.validation.edits import Edit

SEQUENCES = st.lists(EDITS, min_size=2, max_size=6)


def hold(changes: list[Edit], tools: tuple[Path, ...] = ()) -> None:
    """Go from state to state and back, and compare what is found with the cache and without."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        session = Session(
            environ=dict(os.environ) if tools else {},
            cache=directory / "cache",
            state=directory / "state",
            chart_mirror=directory / "mirror",
            tools=tools,
        )
        root = start(directory)
        for change in [None, *changes, *reversed(changes)]:
            if change:
                edit(root, change)
            fresh = validate(session, root, render=bool(tools), cached=False)
            assert validate(session, root, render=bool(tools)) == fresh
            assert validate(session, root, render=bool(tools)) == fresh


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(changes=SEQUENCES)
def test_edits_of_anything_are_seen(changes: list[Edit]) -> None:
    hold(changes)


@pytest.mark.integration
@settings(
    deadline=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(changes=SEQUENCES)
def test_edits_of_anything_are_seen_in_objects_too(repository: Path, changes: list[Edit]) -> None:
    tools = repository / ".tools/bin"
    if not (tools / "helm").exists():
        pytest.skip("not built: .tools/bin/helm")
    hold(changes, tools=(tools,))
