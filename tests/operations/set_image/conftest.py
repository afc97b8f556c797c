"""What tests of setting images share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.charts.making import write_mirror
from tests.operations.explain_fleets import with_mirror
from tests.operations.set_image.sea import Sea

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return with_mirror(session, write_mirror(tmp_path / "mirror"))


@pytest.fixture
def sea(session: Session, tmp_path: Path) -> Sea:
    return Sea(session, tmp_path / "fleet")
