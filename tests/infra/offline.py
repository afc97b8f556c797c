"""Terraform on a root module without its cloud: plans, and the states that earlier ones would lead to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from deployer.fleet.load import load_fleet, select_cluster
from deployer.render.tfvars import tfvars
from tests.infra import root

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path


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


class Root(root.Root):
    """A copy of a module that plans only, and believes its state."""

    plan_options = ("-refresh=false",)

    def believe(self, plan: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the state that resources of a plan would be in; `known` is what only the cloud would say."""
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
        (self.directory / "terraform.tfstate").write_text(json.dumps({**state, "resources": resources}))


def told(plan: Mapping[str, Any], without: Collection[str]) -> dict[str, Any]:
    """Return what a plan would make: how many of each type, and each with what is known of it.

    `without` are attributes that say nothing.
    """
    counts: dict[str, int] = {}
    resources = {}
    for each in _planned(plan):
        counts[each["type"]] = counts.get(each["type"], 0) + 1
        resources[each["address"]] = _pruned(
            {key: value for key, value in each["values"].items() if key not in without}
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
