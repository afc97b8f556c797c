"""Fleets to validate, `deployer validate` as a process of its own, and the same renders by bare Helm."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.fleet import DEPLOYER, TOOLS
from benchmarks.generated import HUBS_PER_CLUSTER, write_fleet
from deployer.fleet.load import load_fleet
from deployer.operations.charts_at_hand import Charts
from deployer.operations.render import handed, rendered
from deployer.session import Session
from deployer.tools.helm import environment
from deployer.tools.helm_values import values_text

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTLY = (sys.executable, "-m", "benchmarks.partly")
WORKERS = os.cpu_count() or 1


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of the program: how long, how much memory at most, and what it said."""

    seconds: float
    megabytes: float
    status: int
    said: str

    @property
    def renders(self) -> int:
        """How many times Helm was asked to render."""
        return sum(line.startswith("+ ") and " template " in line for line in self.said.splitlines())


@dataclass(frozen=True, kw_only=True)
class Place:
    """A directory with fleets, caches, and what bare Helm needs."""

    directory: Path
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def fleet(self, hubs: int) -> Path:
        """Return a generated fleet of so many hubs."""
        root = self.directory / f"fleet-{hubs}"
        return root if root.exists() else write_fleet(root, clusters=hubs // HUBS_PER_CLUSTER)

    def validate(
        self, root: Path, cache: str, *options: str, program: Sequence[str] = (str(DEPLOYER),)
    ) -> Run:
        """Validate a fleet, with a cache directory of this name."""
        argv = [*program, "--verbose", "--root", str(root), "validate", *options]
        environ = {**self.environ, "DEPLOYER_CACHE": str(self.directory / "caches" / cache)}
        out = self.directory / "said"
        start = time.perf_counter()
        with out.open("wb") as said:
            process = subprocess.Popen(argv, env=environ, stdout=said, stderr=said)
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        return Run(
            seconds=seconds,
            megabytes=usage.ru_maxrss / 1024,
            status=process.returncode,
            said=out.read_text(encoding="utf-8"),
        )

    def prepare_bare(self, root: Path) -> Path:
        """Write the values of all hubs, and return a file with the arguments of `helm template` for each."""
        session = Session(
            environ=self.environ,
            cache=self.directory / "caches" / "bare",
            state=self.directory / "state",
            chart_mirror=Path(self.environ["DEPLOYER_CHART_MIRROR"]),
        )
        fleet = load_fleet(root)
        charts = Charts(session=session, root=root)
        lines = []
        for cluster in fleet.clusters:
            for hub in cluster.hubs:
                release = rendered(session, fleet, cluster, hub, decrypt=False, charts=charts)
                values = self.directory / f"{cluster.name}.{hub.name}.json"
                values.write_text(values_text(handed(release)), encoding="utf-8")
                lines.append(
                    f"template {hub.name} {release.chart.path} --namespace {hub.namespace} "
                    f"--kube-version {release.kube_version} --include-crds --values {values}\n"
                )
        arguments = self.directory / "arguments"
        arguments.write_text("".join(lines), encoding="utf-8")
        return arguments

    def bare(self, arguments: Path) -> None:
        """Render all hubs with nothing but Helm, as many at once as there are processors."""
        environ = {**self.environ, **environment(self.directory / "helm")}
        argv = ["xargs", "-P", str(WORKERS), "-L", "1", str(TOOLS / "helm")]
        with arguments.open("rb") as lines:
            subprocess.run(argv, env=environ, stdin=lines, stdout=subprocess.DEVNULL, check=True)

    def with_instant_helm(self, objects: str) -> Place:
        """Return a place where Helm renders the same objects at once, whatever it is given."""
        tools = self.directory / "instant"
        tools.mkdir()
        (tools / "objects.yaml").write_text(objects, encoding="utf-8")
        script = f'#!/bin/sh\n[ "$1" = version ] && echo v4.3.1 || cat {tools}/objects.yaml\n'
        (tools / "helm").write_text(script, encoding="utf-8")
        (tools / "helm").chmod(0o755)
        return Place(directory=self.directory, environ={**self.environ, "DEPLOYER_TOOLS": str(tools)})
