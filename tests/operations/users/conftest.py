"""What all tests of a hub's people share: they wait for nothing."""

from __future__ import annotations

import pytest

from deployer.operations.health import patience


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_POLL", 0)
