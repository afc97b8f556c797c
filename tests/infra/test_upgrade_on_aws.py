"""An upgrade of a cluster on AWS while people work on it, as an operator sees it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests
from jsonschema import Draft7Validator

from deployer.fleet.schema_files import whole
from tests.infra.fleet import PATIENCE, Fleet
from tests.infra.kubernetes_api import Kubernetes, serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

STEPS = """\
 1  control plane: 1.32 to 1.33, with its add-ons
 2  control plane: 1.33 to 1.34, with its add-ons
 3  nodes of core: 1.32 to 1.34, one after the other
 4  nodes of small: new ones with 1.34, beside those with 1.32
 5  nodes of small: those with 1.32 take nobody new, and go when empty
"""


def test_an_upgrade_lets_people_end_and_goes_on_where_it_was_interrupted(
    fleet: Fleet, tmp_path: Path
) -> None:
    fleet.infra("bootstrap", "alps")
    fleet.infra("apply", "alps", "--yes")
    old = f"small-{_pools(fleet)['small']['generation']}"
    kubernetes = Kubernetes()
    kubernetes.add_node("old", old)
    kubernetes.add_node("core", "core-1")
    kubernetes.add_pod("jupyter-alice", "old", **{"hub.jupyter.org/username": "alice"})
    kubernetes.add_pod("user-placeholder-0", "old", component="user-placeholder")
    assert fleet.infra("upgrade", "alps", "--to", "1.34", "--dry-run").stdout == STEPS
    assert '"1.32"' in fleet.cluster_yaml.read_text()

    with serving(kubernetes, tmp_path / "programs") as programs:
        path = f"{programs}{os.pathsep}{fleet.environ['PATH']}"
        reached = replace(fleet, environ={**fleet.environ, "PATH": path})
        with subprocess.Popen(
            fleet.argv("upgrade", "alps", "--to", "1.34", "--yes"),
            env={**os.environ, **reached.environ},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
        ) as process:
            try:
                assert kubernetes.cordoned.wait(PATIENCE)
                process.send_signal(signal.SIGINT)
                _, said = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
        assert process.returncode == 130, said
        assert "hint: `deployer infra upgrade alps` goes on with what is left" in said
        assert [name for name, node in kubernetes.nodes.items() if node["spec"]] == ["old"]

        # Until somebody goes on, old and new stay side by side, whatever else is done.
        assert '"1.34"' in fleet.cluster_yaml.read_text()
        assert "nothing to do" in fleet.infra("plan", "alps", "--diff").stderr
        assert _versions(fleet) == {"core": "1.34", "small": "1.32", "small-1-34": "1.34"}
        left = json.loads(fleet.infra("upgrade", "alps", "--dry-run", "--output", "json").stdout)
        assert not list(Draft7Validator(whole("infra-upgrade")).iter_errors(left))
        assert [(each["kind"], each["group"]) for each in left["steps"]] == [("retire", "small")]

        del kubernetes.pods["jupyter-alice"]
        reached.infra("upgrade", "alps", "--yes")
    assert _versions(fleet) == {"core": "1.34", "small-1-34": "1.34"}
    assert "nothing to do" in fleet.infra("plan", "alps", "--diff").stderr
    assert "nothing to do: Kubernetes 1.34 runs" in fleet.infra("upgrade", "alps").stderr
    refused = fleet.infra("upgrade", "alps", "--to", "1.33", expected=1)
    assert "Kubernetes 1.34 runs, and no cloud goes back to 1.33" in refused.stderr
    assert _addons(fleet) == {"v1.34.0-eksbuild.1"}

    # AWS upgrades by itself what has no support any more: nothing of that is undone.
    _upgrade_by_itself(fleet, "1.35")
    plan = json.loads(fleet.infra("plan", "alps", "--output", "json").stdout)
    assert {each["address"].partition(".")[0] for each in plan["changes"]} == {"aws_eks_addon"}


def _upgrade_by_itself(fleet: Fleet, version: str) -> None:
    signed = "AWS4-HMAC-SHA256 Credential=nobody/20260101/us-west-2/eks/aws4_request, Signature=none"
    answer = requests.post(
        f"{fleet.environ['AWS_ENDPOINT_URL']}/clusters/alps-1/updates",
        headers={"Authorization": signed},
        json={"version": version},
        timeout=PATIENCE,
    )
    answer.raise_for_status()


def _pools(fleet: Fleet) -> dict[str, Any]:
    (variables,) = fleet.root.parent.glob("state/infra/*/alps/terraform.tfvars.json")
    pools: dict[str, Any] = json.loads(variables.read_text())["node_pools"]
    return pools


def _state(fleet: Fleet, kind: str) -> list[dict[str, Any]]:
    """What Terraform knows of all resources of a type."""
    (work,) = (path.parent for path in fleet.root.parent.glob("state/infra/*/alps/backend.tf.json"))
    program = next(name for name in ("tofu", "terraform") if shutil.which(name, path=fleet.environ["PATH"]))
    argv = [str(shutil.which(program, path=fleet.environ["PATH"])), "show", "-json"]
    environ = {**os.environ, **fleet.environ}
    said = subprocess.run(argv, cwd=work, env=environ, capture_output=True, check=True, timeout=PATIENCE)
    found = json.loads(said.stdout)["values"]["root_module"]["resources"]
    return [each for each in found if each["type"] == kind]


def _versions(fleet: Fleet) -> dict[str, str]:
    return {each["index"]: each["values"]["version"] for each in _state(fleet, "aws_eks_node_group")}


def _addons(fleet: Fleet) -> set[str]:
    return {each["values"]["addon_version"] for each in _state(fleet, "aws_eks_addon")}
