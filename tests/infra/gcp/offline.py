"""Terraform on terraform/gcp without Google Cloud: plans, and the states that earlier ones would lead to.

The provider believes any token as long as it has nothing to ask. The one thing that it would ask, the number
of the project, it asks when it applies: the API for that is to be enabled first.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet.load import load_fleet, select_cluster
from deployer.render.tfvars import tfvars
from tests.infra.providers import GOOGLE, configuration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOKEN = {"GOOGLE_OAUTH_ACCESS_TOKEN": "nothing"}
PATIENCE = 120
"""Seconds for one command; the longest takes 2."""
_SAME_FOR_ALL = {"effective_labels", "terraform_labels", "deletion_policy"}
"""Attributes that say nothing: labels once more, and a default of the provider for itself."""


def made_fleet(cluster_yaml: Path, directory: Path) -> str:
    """Make a fleet of one cluster in a directory, and return the cluster's name."""
    text = cluster_yaml.read_text(encoding="utf-8")
    name = cluster_yaml.parent.name
    place = directory / "config/clusters" / name
    place.mkdir(parents=True)
    (place / "cluster.yaml").write_text(text, encoding="utf-8")
    return name


def variables(cluster_yaml: Path, directory: Path) -> dict[str, Any]:
    """Return the variables of a cluster."""
    name = made_fleet(cluster_yaml, directory)
    return tfvars(select_cluster(load_fleet(directory), name))


def found_here(program: str, repository: Path) -> str | None:
    """Return where a program is: built by us or installed."""
    return shutil.which(program, path=f"{repository / '.tools/bin'}{os.pathsep}{os.environ['PATH']}")


def argv0(program: str, repository: Path) -> str:
    """Return where a program is, or skip and say that it is missing."""
    found = found_here(program, repository)
    if found is None:
        pytest.skip(f"not installed: {program}")
    return found


class Root:
    """A copy of terraform/gcp, initialised, with a state of its own, and the program that works on it.

    `source` is the environment that says where the provider is. Without any, its test is skipped.
    """

    def __init__(self, program: str, repository: Path, directory: Path) -> None:
        self._argv0 = argv0(program, repository)
        self.source = configuration(program, directory, GOOGLE)
        self._environ = {**os.environ, **self.source, **TOKEN, "TF_IN_AUTOMATION": "1"}
        self._directory = directory / "root"
        ignored = shutil.ignore_patterns(".terraform*")
        shutil.copytree(repository / "terraform/gcp", self._directory, ignore=ignored)
        ended = self._try_to("init", "-input=false")
        is_here = self.source.get("TF_CLI_CONFIG_FILE", "").startswith(str(directory))
        if ended.returncode and not is_here:
            pytest.skip("not built (`make providers`), nor to be had from the registry: Google's provider")
        assert ended.returncode == 0, ended.stderr

    def _try_to(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._argv0, argv[0], "-no-color", *argv[1:]],
            cwd=self._directory,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def run(self, *argv: str) -> str:
        """Run a command that must end well, and return what it says."""
        ended = self._try_to(*argv)
        assert ended.returncode == 0, f"{' '.join(argv)}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def plan(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the plan for values, as `show -json` has it. The state is believed."""
        (self._directory / "terraform.tfvars.json").write_text(json.dumps(values))
        self.run("plan", "-input=false", "-refresh=false", "-out=plan")
        found: dict[str, Any] = json.loads(self.run("show", "-json", "plan"))
        return found

    def believe(self, plan: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the state that resources of a plan would be in; `known` is what only Google would say."""
        resources = []
        for each in _planned(plan):
            if each["address"] in known:
                instance = {
                    "schema_version": each["schema_version"],
                    "attributes": {**each["values"], **known[each["address"]]},
                    **({"index_key": each["index"]} if "index" in each else {}),
                }
                provider = f'provider["{each["provider_name"]}"]'
                keys = {key: each[key] for key in ("mode", "type", "name")}
                resources.append({**keys, "provider": provider, "instances": [instance]})
        assert len(resources) == len(known)
        state = {"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "test", "outputs": {}}
        (self._directory / "terraform.tfstate").write_text(json.dumps({**state, "resources": resources}))


def told(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan would make: how many of each type, and each with what is known of it."""
    counts: dict[str, int] = {}
    resources = {}
    for each in _planned(plan):
        counts[each["type"]] = counts.get(each["type"], 0) + 1
        resources[each["address"]] = _pruned(
            {key: value for key, value in each["values"].items() if key not in _SAME_FOR_ALL}
        )
    return {"counts": dict(sorted(counts.items())), "resources": dict(sorted(resources.items()))}


def _planned(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = plan["planned_values"]["root_module"]["resources"]
    return [each for each in found if each["mode"] == "managed"]


def _pruned(value: Any) -> Any:
    """Return a value without what is empty in it."""
    if isinstance(value, dict):
        pruned = {key: _pruned(each) for key, each in sorted(value.items())}
        return {key: each for key, each in pruned.items() if each not in (None, "", [], {})}
    return [_pruned(each) for each in value] if isinstance(value, list) else value
