"""What the tests of rules about values share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rules.values.making import Making

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def values(tmp_path: Path) -> Making:
    """Makes hubs of YAML texts."""
    return Making(tmp_path)
