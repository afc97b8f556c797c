"""What becomes of alarms when something fails that they need: real programs, and times that are shortened."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.api_server import free_port
from tests.support.watching import PATIENCE, Neighbour, computed, served, watched, webhook
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration


@contextmanager
def small_disk(at: Path) -> Iterator[Path]:
    """Mount a disk of 8 MB as long as the block does."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    at.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(at)]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)


def fill(disk: Path) -> Path:
    """Write until nothing fits any more, and return the file."""
    file = disk / "filler"
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(4096)):
            pass
    return file


def test_an_alarm_that_nobody_takes_comes_later_and_that_is_an_alarm(tmp_path: Path) -> None:
    """The webhook of the hub's people is down at first; the operator's is not."""
    people, operator = free_port(), free_port()
    of_people, of_operator = Neighbour(), Neighbour(available=0)
    values = computed(critical=webhook(operator), hubs={"maths": {"critical": webhook(people)}})
    with served(of_operator, operator), watched(tmp_path, values, operator):
        of_operator.wait_for("firing")
        failed = of_operator.wait_for("firing", "AlarmsNotDelivered")
        assert failed["labels"]["integration"] == "webhook"
        with served(of_people, people):
            assert of_people.wait_for("firing")["labels"]["hub"] == "maths"


def test_a_full_disk_ends_measurements_and_the_alarm_about_it_comes_all_the_same(tmp_path: Path) -> None:
    at = free_port()
    neighbour = Neighbour()
    values = computed(critical=webhook(at))
    # What is measured counts for five minutes; here for five seconds.
    with (
        small_disk(tmp_path / "disk") as disk,
        served(neighbour, at),
        watched(tmp_path, values, at, "--query.lookback-delta=5s", data=disk / "data"),
    ):
        log = tmp_path / "prometheus.log"
        # Before its first measurement there is none either.
        wait_for(
            lambda: bool(neighbour.alerts("resolved", "NothingMeasured")) or neighbour.asked > 10,
            "a start",
            seconds=PATIENCE,
        )
        neighbour.received.clear()
        filler = fill(disk)
        assert neighbour.wait_for("firing", "NothingMeasured")["labels"]["cluster"] == "gcp"
        assert "no space left on device" in log.read_text()
        filler.unlink()
        neighbour.wait_for("resolved", "NothingMeasured")
