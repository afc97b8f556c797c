"""Finding the pods of a hub: the hub's own, its proxy's, and those of users' servers.

Objects are told apart by z2jh's label `component`, which is to become `app.kubernetes.io/component`, so that
both are known. A user's objects carry the user's name as it is in an annotation; labels and names carry an
escaped form, of which KubeSpawner has several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.tools.kubernetes import Api

USERNAME = "hub.jupyter.org/username"
SERVERNAME = "hub.jupyter.org/servername"


def component(labels: Mapping[str, str]) -> str | None:
    """Return which part of a hub something with these labels (or this selector) is."""
    return labels.get("app.kubernetes.io/component") or labels.get("component")


def component_pod(api: Api, namespace: str, name: str) -> dict[str, Any] | None:
    """Return the newest pod of the hub's part `name`: `hub` or `proxy`."""
    pods = [
        pod
        for pod in api.items(f"/api/v1/namespaces/{namespace}/pods")
        if component(pod["metadata"].get("labels", {})) == name
    ]
    return max(pods, key=_age, default=None)


def user_pods(api: Api, namespace: str) -> dict[str, dict[str, Any]]:
    """Return the pods of users' servers by the user's name, `USER/SERVER` for a named server."""
    servers = {}
    for pod in sorted(api.items(f"/api/v1/namespaces/{namespace}/pods", labelSelector=USERNAME), key=_age):
        annotations = pod["metadata"].get("annotations", {})
        if USERNAME in annotations:
            server = annotations.get(SERVERNAME)
            servers[annotations[USERNAME] + (f"/{server}" if server else "")] = pod
    return servers


def _age(pod: Mapping[str, Any]) -> tuple[bool, str]:
    # A pod on its way out counts as older than any that stays.
    metadata = pod["metadata"]
    return "deletionTimestamp" not in metadata, str(metadata["creationTimestamp"])
