"""What tests of `deployer infra` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.operations.infra import fleets

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def fleet(tmp_path: Path) -> fleets.Fleet:
    """A fleet of one cluster, not built yet."""
    return fleets.make(tmp_path)
