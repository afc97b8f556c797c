"""The cache on real disks and among real processes: full, shared, killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.charts.making import pack, write_chart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

PREPARE = """
import sys
from pathlib import Path
from deployer.charts.assemble import prepare
from deployer.charts.chart import find_chart
from deployer.errors import DeployerError
from deployer.session import Session

root = Path(sys.argv[1])
session = Session(environ={}, cache=Path(sys.argv[2]), state=root, chart_mirror=root / "mirror")
chart = find_chart(root, "umbrella")
try:
    print(prepare(session, chart, chart.dependencies, helm=None).path)
except DeployerError as error:
    sys.exit(error.message + "; " + str(error.hint))
"""

# Ends in the middle of the assembly, as `kill -9` or a power cut would.
KILLED = """
import os, signal
from deployer.charts import assemble
write_package = assemble.write_package

def killed(*arguments):
    write_package(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

assemble.write_package = killed
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A fleet whose chart needs a package with 400 files of 4 kB."""
    files = {f"templates/{number}.yaml": f"# {'x' * 4000}\n" for number in range(400)}
    pack(write_chart(tmp_path / "making/one", files=files), tmp_path / "mirror/one-1.0.0.tgz")
    entry = {"name": "one", "version": "1.0.0", "repository": "https://charts.example/"}
    write_chart(tmp_path / "helm-charts/umbrella", dependencies=[entry])
    return tmp_path


def preparing(root: Path, cache: Path, *, script: str = PREPARE) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(root), str(cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def whole(copy: Path) -> bool:
    return len(list(copy.glob("charts/one/templates/*.yaml"))) == 400


@contextmanager
def small_disk(directory: Path) -> Iterator[Path]:
    directory.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(directory)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk takes root")
    try:
        yield directory
    finally:
        subprocess.run(["umount", str(directory)], check=True)


def test_a_full_disk_is_said_and_leaves_no_half_made_entry(root: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        process = preparing(root, disk / "cache")
        _, said = process.communicate()
        assert process.returncode == 1
        assert said.startswith("can't write to the cache: No space left on device: ")
        assert said.endswith("make room there, or name another directory in `DEPLOYER_CACHE`\n")
        assert [path for path in disk.rglob("*") if path.is_file()] == []
    process = preparing(root, tmp_path / "roomy")
    path, _ = process.communicate()
    assert whole(tmp_path / path.strip())


def test_processes_at_once_agree_on_one_whole_copy(root: Path, tmp_path: Path) -> None:
    found = {process.communicate() for process in [preparing(root, tmp_path / "cache") for _ in range(4)]}
    [(path, said)] = found
    assert said == ""
    assert whole(tmp_path / path.strip())
    assert len(list((tmp_path / "cache/charts").iterdir())) == 1


def test_a_killed_process_leaves_nothing_that_is_taken_for_a_copy(root: Path, tmp_path: Path) -> None:
    process = preparing(root, tmp_path / "cache", script=KILLED + PREPARE)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert list(tmp_path.glob("cache/charts/.new-*/*/umbrella/charts/one/Chart.yaml"))
    path, _ = preparing(root, tmp_path / "cache").communicate()
    assert whole(tmp_path / path.strip())
