"""An alarm from end to end: real Prometheus and Alertmanager, what is computed for them, and a webhook.

What they measure is made up, in the form of kube-state-metrics. Times are shortened, else it takes minutes.
"""

from __future__ import annotations

import re
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.support.api_server import free_port
from tests.support.test_rules import FILES
from tests.support.watching import PATIENCE, Neighbour, computed, served, watched, webhook
from tests.waiting import wait_for

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


def test_a_hub_that_goes_down_is_told_to_its_people_and_so_is_its_return(tmp_path: Path) -> None:
    at = free_port()
    neighbour = Neighbour()
    values = computed(hubs={"maths": {"critical": webhook(at)}})
    with served(neighbour, at), watched(tmp_path, values, at):
        neighbour.available = 0
        alert = neighbour.wait_for("firing")
        told = {key: value for key, value in alert["labels"].items() if key not in ("instance", "job")}
        assert told == {
            "alertname": "HubDown",
            "severity": "critical",
            "cluster": "gcp",
            "hub": "maths",
            "namespace": "maths",
            "deployment": "hub",
            "contact": "maths@example.org",
        }
        assert alert["annotations"]["runbook"] == "docs/runbooks/hub-down.md"
        assert neighbour.alerts("resolved") == []
        neighbour.available = 1
        assert neighbour.wait_for("resolved")["labels"]["hub"] == "maths"


def test_what_rules_ask_of_prometheus_and_alertmanager_they_tell(tmp_path: Path) -> None:
    at = free_port()
    text = "\n".join(file.read_text() for file in FILES)
    asked = set(re.findall(r"\b(?:prometheus|alertmanager)_\w+", text))
    with served(Neighbour(), at), watched(tmp_path, computed(), at) as urls:
        wait_for(lambda: asked <= _told(*urls), "names of all metrics", seconds=PATIENCE)


def _told(*urls: str) -> set[str]:
    """Return the names of the metrics that programs tell, some of them once they have their rules."""
    text = "\n".join(_answers(f"{url}/metrics") for url in urls)
    return set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))


def _answers(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""
