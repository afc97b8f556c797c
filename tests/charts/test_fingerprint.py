"""What stands for a chart changes with everything in it and in its packages, and with nothing else."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deployer.charts.chart import find_chart
from deployer.charts.fingerprint import fingerprint
from tests.charts.making import pack, write_chart

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

NEEDED = {"name": "needed", "version": "1.0.0", "repository": "https://charts.example.org/"}
SWITCHED_OFF = {**NEEDED, "name": "other", "condition": "other.enabled"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A fleet whose chart has two packages, a folder and an archive, in the mirror beside it."""
    root = tmp_path / "fleet"
    write_chart(root / "helm-charts/own", dependencies=[NEEDED, SWITCHED_OFF])
    write_chart(tmp_path / "mirror/needed", files={"templates/a.yaml": ""})
    write_chart(tmp_path / "sources/other")
    pack(tmp_path / "sources/other", tmp_path / "mirror/other-1.0.0.tgz")
    return root


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return replace(session, chart_mirror=tmp_path / "mirror")


def test_it_is_another_after_every_change(session: Session, root: Path) -> None:
    own, mirror, override = root / "helm-charts/own", root.parent / "mirror", root / "Chart.yaml"
    metadata = (own / "Chart.yaml").read_text()
    known: set[str] = set()
    for path, text in [
        (own / "values.yaml", "# a comment\n{}"),
        (own / "packages.sha256", "# a comment\n"),
        (own / "a.py", ""),
        (own / "a.py", None),
        (own / "b.py", ""),
        (mirror / "needed/templates/a.yaml", "# a comment"),
        (mirror / "other-1.0.0.tgz", "another package"),
        (mirror / "other-1.0.0.tgz", None),
        (mirror / "substitutes.yaml", "needed: {path: needed, reason: a test}"),
        (mirror / "substitutes.yaml", "needed: {path: needed, reason: another}"),
        (override, metadata),
        (override, f"# a comment\n{metadata}"),
        (root / "packages.sha256", "# a comment\n"),
    ]:
        before = known.copy()
        path.unlink() if text is None else path.write_text(text)
        chart = find_chart(root, "own", override=override if override.exists() else None)
        known.add(fingerprint(session, chart))
        if text is not None or path.suffix != ".py":
            assert known != before, path


def test_it_is_the_same_whatever_the_dates_are(session: Session, root: Path) -> None:
    before = fingerprint(session, find_chart(root, "own"))
    for path in root.parent.rglob("*"):
        os.utime(path, (1, 1))
    assert fingerprint(session, find_chart(root, "own")) == before


def test_a_package_that_is_not_what_was_recorded_has_one_too(session: Session, root: Path) -> None:
    (root / "helm-charts/own/packages.sha256").write_text(f"{'0' * 64}  other-1.0.0.tgz\n")
    assert fingerprint(session, find_chart(root, "own"))
