"""Rules against a real kube-state-metrics at a real API server, run as the chart runs it.

Nothing acts on objects there, so a pod stays without a node, and a Deployment without pods.
"""

from __future__ import annotations

import re
import subprocess
import urllib.request
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.api_server import REPOSITORY, api_server, free_port, running
from tests.support.test_rules import ALERTS
from tests.support.watching import PATIENCE
from tests.waiting import wait_for

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

PROGRAMS = REPOSITORY / ".tools/bin"
POD = """\
spec: {containers: [{name: notebook, image: example.org/a:1, resources: {limits: {cpu: 2}}}]}
"""
OBJECTS = f"""\
{{apiVersion: v1, kind: Namespace, metadata: {{name: maths}}}}
---
{{apiVersion: v1, kind: Node, metadata: {{name: n1}}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: jupyter-x, namespace: maths, labels: {{component: singleuser-server}}}}
{POD}
""" + "".join(
    f"""\
---
apiVersion: apps/v1
kind: {kind}
metadata: {{name: a, namespace: maths}}
spec:
  selector: {{matchLabels: {{a: b}}}}
  {more}template:
    metadata: {{labels: {{a: b}}}}
    {POD}
"""
    for kind, more in (("Deployment", ""), ("StatefulSet", "serviceName: a\n  "), ("DaemonSet", ""))
)


def test_kube_state_metrics_tells_all_that_rules_ask_for(tmp_path: Path) -> None:
    for name in ("kube-state-metrics", "kubectl"):
        if not (PROGRAMS / name).exists():
            pytest.skip(f"not built: .tools/bin/{name}")
    text = "\n".join(alert["expr"] for alert in ALERTS)
    asked = set(re.findall(r"\bkube_\w+", text))
    values = yaml.safe_load((REPOSITORY / "helm-charts/support/values.yaml").read_text())
    chart = values["prometheus"]["kube-state-metrics"]
    port = free_port()
    with api_server(tmp_path) as kubeconfig:
        argv = [str(PROGRAMS / "kubectl"), "--kubeconfig", str(kubeconfig), "apply", "--filename", "-"]
        subprocess.run(argv, input=OBJECTS, text=True, check=True, capture_output=True)
        with running(
            tmp_path / "exporter.log",
            str(PROGRAMS / "kube-state-metrics"),
            f"--kubeconfig={kubeconfig}",
            "--host=127.0.0.1",
            f"--port={port}",
            "--telemetry-host=127.0.0.1",
            f"--telemetry-port={free_port()}",
            f"--resources={','.join(chart['collectors'])}",
            f"--metric-labels-allowlist={','.join(chart['metricLabelsAllowlist'])}",
        ):
            wait_for(
                lambda: "jupyter-x" in _told(port) and 'deployment="a"' in _told(port),
                "what is there",
                seconds=PATIENCE,
            )
            told = _told(port)
    assert asked - set(re.findall(r"^# TYPE (\w+)", told, re.MULTILINE)) == set()
    assert _of_pod(told, "kube_pod_labels") == [{"label_component": "singleuser-server"}]
    assert {"phase": "Running"} in _of_pod(told, "kube_pod_status_phase")
    # It never had a node. So `SpawnsFail` asks for the phase, which every pod has.
    assert _of_pod(told, "kube_pod_status_ready") == []


def _told(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def _of_pod(told: str, name: str) -> list[dict[str, str]]:
    """Return what a metric says of the pod, beside whose it is: its further labels."""
    lines = re.findall(rf"^{name}\{{(.*)\}} ", told, re.MULTILINE)
    found = [dict(re.findall(r'(\w+)="([^"]*)"', line)) for line in lines]
    whose = ("namespace", "pod", "uid")
    return [{key: value for key, value in each.items() if key not in whose} for each in found]
