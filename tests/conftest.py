"""What all tests share: unit tests can neither start a program nor open a socket."""

from __future__ import annotations

import os
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

from deployer.session import Session
from tests.golden.comparison import Golden

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
"""When tests take place, as far as they look at a session's clock."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite what golden tests compare with")


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares output with files under tests/golden, or rewrites them."""
    return Golden(update=request.config.getoption("update_golden"))


def _refuse(what: str) -> Any:
    def refused(*_args: object, **_kwargs: object) -> NoReturn:
        pytest.fail(f"a unit test may not {what}; mark the test `integration` or `cluster`")

    return refused


@pytest.fixture(autouse=True)
def unit_tests_stay_in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse programs and sockets to tests that are not marked as needing them."""
    if {"integration", "cluster"} & {mark.name for mark in request.node.iter_markers()}:
        return
    monkeypatch.setattr(subprocess.Popen, "__init__", _refuse("start a program"))
    monkeypatch.setattr(socket.socket, "connect", _refuse("open a socket"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, or the last one runs alone; the rest stays in its random order."""
    items.sort(key=lambda item: "local_aws" not in getattr(item, "fixturenames", ()))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave what takes long to the night."""
    if item.get_closest_marker("nightly") and "DEPLOYER_NIGHTLY" not in os.environ:
        pytest.skip("takes long: only with DEPLOYER_NIGHTLY, as .ci/nightly sets it")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session with an empty environment, its own cache and state directories, and a clock that stands."""
    return Session(environ={}, cache=tmp_path / "cache", state=tmp_path / "state", clock=lambda: NOW)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository, which is a fleet too."""
    return Path(__file__).parent.parent
