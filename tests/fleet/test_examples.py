"""Small fleets, right and wrong, each in a directory of tests/examples.

A wrong one says in expected.txt what `validate` finds in its files. After an intended change:
`pytest tests/fleet --update-golden`, and read the difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load

if TYPE_CHECKING:
    from tests.golden.comparison import Golden

EXAMPLES = Path(__file__).parent.parent / "examples"


def cases(kind: str) -> list[Path]:
    found = sorted(path for path in (EXAMPLES / kind).iterdir() if path.is_dir())
    assert found
    return found


@pytest.mark.parametrize("fleet", cases("valid"), ids=lambda path: path.name)
def test_nothing_is_wrong_with_a_valid_fleet(fleet: Path) -> None:
    assert load(fleet)[1] == ()


@pytest.mark.parametrize("fleet", cases("invalid"), ids=lambda path: path.name)
def test_every_problem_of_an_invalid_fleet_is_told_where_it_is(fleet: Path, golden: Golden) -> None:
    problems = load(fleet)[1]
    golden.check(fleet / "expected.txt", "".join(f"{problem}\n" for problem in problems))
