"""A cluster whose pods run for real, in this process: the steps of a change of names, on directories here.

The API is `FakeApi`'s; what a pod mounts are directories of the test, and the commands of its containers are
carried out with the text that they have. A fault hits a step: it ends as if it had been killed, or the user
interrupts.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import json
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from deployer.operations.users.pod import NAME, PLAN_KEY
from deployer.tools.process import Result
from tests.operations.fake_api import FakeApi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NAMESPACE = "demo"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
POD = f"{PODS}/{NAME}"
DEPLOYMENT = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/hub"
CLAIMS = f"/api/v1/namespaces/{NAMESPACE}/persistentvolumeclaims"
SECRET = f"/api/v1/namespaces/{NAMESPACE}/secrets/{NAME}"


@dataclass
class FakeCluster(FakeApi):
    """A namespace with a hub. `volumes` maps a claim's name to the directory that stands for it."""

    directory: Path = field(default_factory=Path)
    volumes: dict[str, Path] = field(default_factory=dict)
    faults: dict[str, Callable[[], None]] = field(default_factory=dict)
    """Called before the step of that name; what it raises ends the step, and the pod."""
    beside_the_hub: bool = False
    """Whether the hub has to run while pods work on its people, or must not."""
    steps: list[str] = field(default_factory=list)
    """The steps that ended well, in order."""

    def install(self) -> None:
        """Have a hub that runs, as z2jh has it."""
        container = {
            "name": "hub",
            "image": "hub:1",
            "args": ["jupyterhub", "--config", str(self.directory / "jupyterhub_config.py")],
            "env": [{"name": "POD_NAMESPACE", "value": NAMESPACE}],
            "volumeMounts": [{"name": "pvc", "mountPath": "/srv/jupyterhub"}],
            "securityContext": {"runAsUser": 1000, "runAsGroup": 1000},
        }
        spec = {
            "containers": [container],
            "volumes": [{"name": "pvc", "persistentVolumeClaim": {"claimName": "hub-db-dir"}}],
            "securityContext": {"fsGroup": 1000, "runAsNonRoot": True},
            "serviceAccountName": "hub",
        }
        deployment = {
            "metadata": {"name": "hub", "labels": {"component": "hub"}},
            "spec": {"replicas": 1, "template": {"spec": spec}},
        }
        self.put(DEPLOYMENT, deployment)
        self._run_hub()

    def run_server(self, user: str, server: str = "") -> None:
        """Have a server of a user run."""
        annotations = {"hub.jupyter.org/username": user, "hub.jupyter.org/servername": server}
        name = f"jupyter-{user}-{server}"
        metadata = {"name": name, "annotations": annotations, "creationTimestamp": "2026-01-01T00:00:00Z"}
        self.put(f"{PODS}/{name}", {"metadata": metadata, "spec": {}})

    @property
    def hub_runs(self) -> bool:
        """Whether the hub's pod is there."""
        return f"{PODS}/hub-1" in self.objects

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path != DEPLOYMENT:
            return super().patch(path, body)
        self.calls.append(f"patch {path} {body['spec']['replicas']}")
        current = self.get(path)
        current["spec"]["replicas"] = body["spec"]["replicas"]
        self.objects.pop(f"{PODS}/hub-1", None)
        current["status"] = {"readyReplicas": body["spec"]["replicas"]}
        self.put(path, current)
        if body["spec"]["replicas"]:
            self._run_hub()
        return self.get(path)

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        made = super().create(path, body)
        if path == PODS:
            self._carry_out(body)
        return made

    def text(self, path: str, **query: str) -> str:
        return self.texts[f"{path}?{query['container']}"]

    def _run_hub(self) -> None:
        metadata = {"labels": {"component": "hub"}, "creationTimestamp": "2026-01-01T00:00:00Z"}
        self.put(
            f"{PODS}/hub-1", {"metadata": metadata, "spec": self.get(DEPLOYMENT)["spec"]["template"]["spec"]}
        )

    def _carry_out(self, pod: dict[str, Any]) -> None:
        assert self.hub_runs == self.beside_the_hub, "the hub runs while its users are renamed"
        plan = self._mounted(pod)
        states: list[dict[str, Any]] = []
        phase = "Succeeded"
        for container in (*pod["spec"]["initContainers"], *pod["spec"]["containers"]):
            try:
                code, output = self._run(container, plan)
            except Hung:
                states.append({"name": container["name"], "state": {"running": {}}})
                phase = "Running"
                break
            self.texts[f"{POD}/log?{container['name']}"] = output
            states.append({"name": container["name"], "state": {"terminated": {"exitCode": code}}})
            if code:
                phase = "Failed"
                break
            self.steps.append(container["name"])
        current = self.get(POD)
        current["status"] = {"phase": phase, "initContainerStatuses": states}
        self.put(POD, current)

    def _mounted(self, pod: dict[str, Any]) -> Path:
        """Return a plan whose paths are those of the directories that stand for volumes."""
        content = json.loads(gzip.decompress(base64.b64decode(self.get(SECRET)["data"][PLAN_KEY])))
        homes = [volume for volume in pod["spec"]["volumes"] if volume["name"].startswith("deployer-homes-")]
        for place, volume in zip(content.get("places", ()), homes, strict=True):
            place["root"] = str(self.volumes[volume["persistentVolumeClaim"]["claimName"]])
        path = self.directory / PLAN_KEY
        path.write_bytes(gzip.compress(json.dumps(content).encode()))
        return path

    def _run(self, container: Mapping[str, Any], plan: Path) -> tuple[int, str]:
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                self.faults.pop(container["name"], lambda: None)()
        except Killed:
            return 137, "killed"
        return run_here([str(plan) if PLAN_KEY in word else word for word in container["command"]])


class Killed(Exception):
    """Ends a step as a kill does."""


class Hung(Exception):
    """Leaves a step, and with it the pod, running."""


def kill() -> None:
    """A fault: the step is killed."""
    raise Killed


def run_here(command: Sequence[str]) -> tuple[int, str]:
    """Carry out `python3 -c TEXT ARGUMENT...` in this process; return its exit status and what it said."""
    _python, _c, text, *arguments = command
    output = io.StringIO()
    with (
        patch.object(sys, "argv", ["-c", *arguments]),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        try:
            exec(compile(text, "<step>", "exec"), {"__name__": "__main__"})
        except SystemExit as end:
            if isinstance(end.code, str):
                output.write(end.code)
                return 1, output.getvalue()
            return int(end.code or 0), output.getvalue()
        except Killed:
            return 137, output.getvalue()
        except Exception:  # noqa: BLE001 as an interpreter does
            traceback.print_exc()
            return 1, output.getvalue()
    return 0, output.getvalue()


@dataclass
class FakeKubectl:
    """Carries out `kubectl exec` in the hub's pod, here."""

    argvs: list[list[str]] = field(default_factory=list)

    def run(self, argv: Sequence[str], **_given: Any) -> Result:
        head, command = list(argv[: argv.index("--")]), list(argv[argv.index("--") + 1 :])
        self.argvs.append(head)
        code, output = run_here(command)
        return Result(argv=tuple(argv), returncode=code, stdout=output, stderr="")
