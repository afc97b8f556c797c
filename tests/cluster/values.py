"""Values of hubs whose deploys go wrong, or show that they went well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cluster.conftest import TestFleet

CRASH = {"jupyterhub": {"hub": {"extraConfig": {"broken": "raise RuntimeError('marker of the crash')"}}}}


def touched(value: str) -> dict[str, Any]:
    """Values whose change makes the hub start anew."""
    return {"jupyterhub": {"hub": {"extraEnv": {"TOUCHED": value}}}}


def hub_environment(fleet: TestFleet, hub: str) -> dict[str, str | None]:
    """Return what the hub of a deployment has in its environment."""
    deployment = fleet.api.get(f"/apis/apps/v1/namespaces/{hub}/deployments/hub")
    (container, *_rest) = deployment["spec"]["template"]["spec"]["containers"]
    return {entry["name"]: entry.get("value") for entry in container["env"]}
