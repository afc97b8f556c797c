"""A real API server for the tests of a module, and a cluster that is as new for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.charts.making import write_mirror
from tests.support.api_server import REPOSITORY, api_server
from tests.support.site import Site, clean, make_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An API server for all tests here, which take their turns."""
    with api_server(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture
def site(tmp_path: Path, kubeconfig: Path) -> Iterator[Site]:
    """A fleet whose cluster is as new."""
    if not (REPOSITORY / ".tools/bin/helm").exists():
        pytest.skip("not built: .tools/bin/helm")
    made = make_site(tmp_path / "fleet", write_mirror(tmp_path / "mirror"), kubeconfig)
    made.values()
    made.define("first")
    yield made
    clean(made.api)
