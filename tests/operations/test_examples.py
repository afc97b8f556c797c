"""Small fleets, right and wrong, each in a directory of tests/examples.

A wrong one says in expected.txt what `validate` finds in it, all of it. After an intended change:
`pytest tests/operations/test_examples.py --update-golden`, and read the difference. Those under `rendered`
need Helm; what they are about shows in the objects only.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load
from deployer.operations.validation.validate import validate
from deployer.rules.baseline import Baseline
from tests.charts.making import write_mirror

if TYPE_CHECKING:
    from deployer.session import Session
    from tests.golden.comparison import Golden

EXAMPLES = Path(__file__).parent.parent / "examples"


def cases(kind: str) -> list[Path]:
    found = sorted(path for path in (EXAMPLES / kind).iterdir() if path.is_dir())
    assert found
    return found


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart mirror for all examples."""
    return write_mirror(tmp_path_factory.mktemp("mirror"))


@pytest.fixture
def session(session: Session, mirror: Path) -> Session:
    """A session that finds every chart that basehub needs."""
    return replace(session, chart_mirror=mirror)


def found(session: Session, fleet: Path, *, render: bool) -> str:
    """Return what `validate` prints about a fleet."""
    report = validate(session, fleet, render=render)
    assert report.not_checked == ()
    return "".join(f"{problem}\n" for problem in report.problems)


@pytest.mark.parametrize("fleet", cases("valid"), ids=lambda path: path.name)
def test_nothing_is_wrong_with_a_valid_fleet(session: Session, fleet: Path) -> None:
    assert found(session, fleet, render=False) == ""


@pytest.mark.parametrize("fleet", cases("invalid"), ids=lambda path: path.name)
def test_every_problem_of_an_invalid_fleet_is_told_where_it_is(
    session: Session, fleet: Path, golden: Golden
) -> None:
    golden.check(fleet / "expected.txt", found(session, fleet, render=False))


SHORT_FORMS = [path for path in cases("invalid") if path.name.startswith(("auth", "feature-"))]


@pytest.mark.parametrize("fleet", SHORT_FORMS, ids=lambda path: path.name)
def test_short_forms_that_are_wrong_and_known_are_left_out(session: Session, fleet: Path) -> None:
    """What a baseline accepts keeps no hub from being looked at, and no function gets such settings."""
    report = validate(session, fleet, render=False, baseline=Baseline(everything=True))
    assert (report.hubs, report.not_checked) == (len(load(fleet)[0].clusters[0].hubs), ())


@pytest.mark.integration
class TestRendered:
    """Examples of what shows in the objects that Helm renders."""

    @pytest.fixture
    def session(self, session: Session, repository: Path) -> Session:
        tools = repository / ".tools/bin"
        if not (tools / "helm").exists():
            pytest.skip("not built: .tools/bin/helm")
        return replace(session, environ=dict(os.environ), tools=(tools,))

    @pytest.mark.parametrize("fleet", cases("rendered/valid"), ids=lambda path: path.name)
    def test_nothing_is_wrong_with_the_objects_of_a_valid_fleet(self, session: Session, fleet: Path) -> None:
        assert found(session, fleet, render=True) == ""

    @pytest.mark.parametrize("version", ["1.28", "1.31", "1.37"])
    def test_the_objects_of_basehub_are_fine_in_every_version_of_kubernetes(
        self, session: Session, tmp_path: Path, version: str
    ) -> None:
        fleet = shutil.copytree(EXAMPLES / "rendered/valid/volume-mount", tmp_path / "fleet")
        cluster = fleet / "config/clusters/campus/cluster.yaml"
        cluster.write_text(cluster.read_text().replace('"1.34"', f'"{version}"'))
        assert found(session, fleet, render=True) == ""

    @pytest.mark.parametrize("fleet", cases("rendered/invalid"), ids=lambda path: path.name)
    def test_every_problem_of_the_objects_of_an_invalid_fleet_is_told(
        self, session: Session, fleet: Path, golden: Golden
    ) -> None:
        if fleet.name == "alarm-rule" and shutil.which("promtool") is None:
            pytest.skip("not installed: promtool (run `tools/install-packages`)")
        golden.check(fleet / "expected.txt", found(session, fleet, render=True))
