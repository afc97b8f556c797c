"""A secret's way through a deploy: it reaches the hub, and nothing else ever shows it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.tools.kubernetes import NotFound
from tests.cluster.conftest import TOOLS

if TYPE_CHECKING:
    from tests.cluster.conftest import TestFleet

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(
        shutil.which("sops", path=f"{TOOLS}{os.pathsep}{os.environ['PATH']}") is None,
        reason="no sops here: run `make tools-all`",
    ),
]

MARKER = "marker-of-the-secret-7f3a"


class Witness:
    """Looks for the marker in all argument lists and in the temporary directory, again and again."""

    def __init__(self, temporary: Path) -> None:
        self.temporary = temporary
        self.seen: set[str] = set()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._look)

    def __enter__(self) -> Witness:
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.done.set()
        self.thread.join()

    def _look(self) -> None:
        marker = MARKER.encode()
        while not self.done.wait(0.005):
            files = [*Path("/proc").glob("[0-9]*/cmdline"), *_below(self.temporary)]
            self.seen |= {str(file) for file in files if marker in _content(file)}


def _below(directory: Path) -> list[Path]:
    """Return all files below a directory; not by rglob, for directories go while we look."""
    return [Path(place) / name for place, _directories, names in os.walk(directory) for name in names]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError:  # gone, or a process of the kernel
        return b""


def test_a_secret_reaches_the_hub_and_shows_nowhere(fleet: TestFleet, tmp_path: Path) -> None:
    hub = fleet.add_hub()
    fleet.add_secret(hub, {"jupyterhub": {"hub": {"extraEnv": {"SECRET": MARKER}}}})
    temporary = Path(tempfile.mkdtemp(dir=tmp_path))
    report, cache = tmp_path / "report.json", tmp_path / "cache"
    environ = {"TMPDIR": str(temporary), "DEPLOYER_CACHE": str(cache)}

    with Witness(temporary) as witness:
        good = fleet.deploy("--report", str(report), "--skip-health-check", hub, **environ)
        # The second one fails, within helm and with the secret's value in what the API server refuses.
        fleet.set_values(hub, {"jupyterhub": {"hub": {"labels": {"x": "not a label!"}}}})
        bad = fleet.deploy("--skip-health-check", hub, **environ)

    assert good.returncode == 0, good.stderr
    assert bad.returncode == 1, bad.stderr
    deployment = json.dumps(fleet.api.get(f"/apis/apps/v1/namespaces/{hub}/deployments/hub"))
    assert MARKER in deployment, "the hub must get the secret, else this test proves nothing"
    for shown in (good, bad):
        assert MARKER not in shown.stdout + shown.stderr
    assert witness.seen == set()
    assert MARKER not in report.read_text()
    assert [str(file) for file in cache.rglob("*") if MARKER.encode() in _content(file)] == []


def test_showing_and_checking_decrypt_nothing(fleet: TestFleet) -> None:
    """There is no key at all: the encrypted value is a placeholder."""
    hub = fleet.add_hub()
    fleet.add_secret(hub, {"jupyterhub": {"hub": {"extraEnv": {"SECRET": MARKER}}}})
    for argv in (["validate"], ["render", "test", hub], ["deploy", "test", hub, "--dry-run"]):
        done = fleet.run(*argv, SOPS_AGE_KEY="")
        assert done.returncode == 0, done.stderr
        assert MARKER not in done.stdout + done.stderr


def test_a_missing_key_stops_a_deploy_before_helm(fleet: TestFleet) -> None:
    hub = fleet.add_hub()
    fleet.add_secret(hub, {"jupyterhub": {"hub": {"extraEnv": {"SECRET": MARKER}}}})
    done = fleet.deploy(hub, SOPS_AGE_KEY="")
    assert done.returncode == 1
    assert f"enc-{hub}.secret.values.yaml" in done.stderr
    with pytest.raises(NotFound):
        fleet.api.get(f"/api/v1/namespaces/{hub}")
