"""What the tests of rules about rendered objects share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rules.manifests.making import Rendering

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def rendering(tmp_path: Path) -> Rendering:
    """Makes hubs with rendered objects."""
    return Rendering(tmp_path)
