"""A fleet of small hubs on the local cluster, and the two ways of upgrading them: ours, and bare Helm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from deployer.fleet.load import load_fleet, select_cluster, select_hubs
from deployer.operations.render import rendered
from deployer.session import Session, directories
from deployer.tools.helm import environment
from deployer.tools.helm_values import values_text

if TYPE_CHECKING:
    from collections.abc import Sequence

REPOSITORY = Path(__file__).parent.parent
DEPLOYER = Path(sys.executable).with_name("deployer")
TOOLS = REPOSITORY / ".tools" / "bin"
CLUSTER = REPOSITORY / "config" / "clusters" / "local"
LIKE = ("common.values.yaml", "demo.values.yaml")
ROUND = "round.values.yaml"


@dataclass(frozen=True, kw_only=True)
class Small:
    """Hubs like the demo hub in a fleet of their own below `directory`."""

    directory: Path
    hubs: tuple[str, ...]

    @property
    def session(self) -> Session:
        """The surroundings that `deployer` has here."""
        cache, state = directories(os.environ)
        mirror = Path(os.environ["DEPLOYER_CHART_MIRROR"])
        return Session(environ=os.environ, cache=cache, state=state, tools=(TOOLS,), chart_mirror=mirror)

    @property
    def environ(self) -> dict[str, str]:
        """What Helm and kubectl need to know, for the way that goes without us."""
        path = os.pathsep.join([str(TOOLS), os.environ["PATH"]])
        kubeconfig = self.session.state / "local" / "kubeconfig"
        return {**os.environ, "PATH": path, **environment(self.directory / "helm", kubeconfig)}

    def write(self, number: int) -> None:
        """Write the fleet; `number` ends up in the hub's pod, so that a new one must roll out."""
        cluster = self.directory / "config" / "clusters" / "local"
        cluster.mkdir(parents=True, exist_ok=True)
        declared = {
            "name": "local",
            "provider": "local",
            "hubs": [
                {
                    "name": name,
                    "domain": f"{name}.localhost",
                    "helm_chart": "basehub",
                    "helm_chart_values_files": [*LIKE, ROUND],
                }
                for name in self.hubs
            ],
        }
        hub = {
            "annotations": {"round": f"{time.time():.0f}-{number}"},
            # As often as a kubelet looks: the chart's two seconds would hide what is measured.
            "readinessProbe": {"periodSeconds": 1},
        }
        (cluster / "cluster.yaml").write_text(yaml.safe_dump(declared))
        for name in LIKE:
            (cluster / name).write_text((CLUSTER / name).read_text())
        values = {"jupyterhub": {"hub": hub}}
        (cluster / ROUND).write_text(yaml.safe_dump(values))

    def deploy(self) -> None:
        """Upgrade the hubs our way."""
        argv = [str(DEPLOYER), "--root", str(self.directory), "--quiet", "deploy", "local", *self.hubs]
        _run([*argv, "--skip-health-check", "--jobs", str(len(self.hubs))], dict(os.environ))

    def prepare_bare(self) -> str:
        """Write what bare Helm needs, the same chart and values that we give it; return the command."""
        fleet = load_fleet(self.directory, state=self.session.state)
        cluster = select_cluster(fleet, "local")
        for hub in select_hubs(cluster, self.hubs):
            release = rendered(self.session, fleet, cluster, hub, decrypt=True)
            (self.directory / f"{hub.name}.json").write_text(values_text(release.values_for_helm))
        upgrade = f"helm upgrade {{}} {release.chart.path} --install --create-namespace --namespace {{}}"
        upgrade += f" --values {self.directory}/{{}}.json --wait --timeout 10m"
        return f"printf '%s\\n' {' '.join(self.hubs)} | xargs -P {len(self.hubs)} -I {{}} {upgrade}"

    def bare(self, command: str) -> None:
        """Upgrade the hubs with nothing but Helm."""
        _run(["sh", "-c", command], self.environ)

    def settle(self) -> None:
        """Wait until nothing of earlier upgrades is still going on."""
        while any(self._unsettled(name) for name in self.hubs):
            time.sleep(0.5)

    def remove(self) -> None:
        """Delete the hubs' namespaces."""
        _run(["kubectl", "delete", "namespace", "--ignore-not-found", *self.hubs], self.environ)

    def _unsettled(self, namespace: str) -> bool:
        argv = ["kubectl", "--namespace", namespace, "get", "pods", "--output", "json"]
        asked = subprocess.run(argv, env=self.environ, capture_output=True, text=True, check=True)
        pods: list[dict[str, Any]] = json.loads(asked.stdout)["items"]
        return any(
            "deletionTimestamp" in pod["metadata"]
            or not all(status["ready"] for status in pod["status"].get("containerStatuses", ()))
            for pod in pods
        )


def _run(argv: Sequence[str], environ: dict[str, str]) -> None:
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(argv)}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
