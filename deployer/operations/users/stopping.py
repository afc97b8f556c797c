"""Stopping a hub while its users get other names, so that nobody signs in or starts a server in between."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.operations.health.patience import Patience
from deployer.operations.hub_pods import component_pod, user_pods
from deployer.operations.users.hub_side import deployment_of
from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deployer.interruption import Interruption
    from deployer.tools.kubernetes import Api

_STOPPING = 120
_STARTING = 300
STOPPED_BY = "deployer.dev/stopped-for"


@dataclass(frozen=True, kw_only=True)
class HubSwitch:
    """Stops and starts one hub: its Deployment has no replica, or one."""

    api: Api
    namespace: str

    def stop(self, interruption: Interruption) -> None:
        """Have no pod of the hub run."""
        self._scale(0, "a change of users' names")
        patience = Patience(interruption=interruption, what="stopping the hub", seconds=_STOPPING)
        while component_pod(self.api, self.namespace, "hub") is not None:
            patience.sleep()

    def start(self, interruption: Interruption) -> None:
        """Have the hub run again, and wait until it is ready."""
        self._scale(1, None)
        patience = Patience(interruption=interruption, what="starting the hub", seconds=_STARTING)
        while not deployment_of(self.api, self.namespace).get("status", {}).get("readyReplicas"):
            patience.sleep()

    def stop_servers(self, servers: Iterable[str], interruption: Interruption) -> None:
        """Remove the pods of servers, as the hub would: what is saved stays, what runs ends."""
        wanted = set(servers)
        for server, pod in user_pods(self.api, self.namespace).items():
            if server in wanted:
                with suppress(NotFound):
                    self.api.delete(f"/api/v1/namespaces/{self.namespace}/pods/{pod['metadata']['name']}")
        patience = Patience(interruption=interruption, what="stopping users' servers", seconds=_STOPPING)
        while wanted & user_pods(self.api, self.namespace).keys():
            patience.sleep()

    def _scale(self, replicas: int, reason: str | None) -> None:
        name = deployment_of(self.api, self.namespace)["metadata"]["name"]
        self.api.patch(
            f"/apis/apps/v1/namespaces/{self.namespace}/deployments/{name}",
            {"metadata": {"annotations": {STOPPED_BY: reason}}, "spec": {"replicas": replicas}},
        )
