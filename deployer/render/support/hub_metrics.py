"""What hubs tell of themselves: how many servers there are, how long they take to start, how many fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.fleet.model import Hub
    from deployer.render.support.subject import SupportSubject

SECRET = "hub-tokens"  # noqa: S105 - a name
"""The Secret in the namespace of the support that has the token of each hub, which a deploy puts there."""
_MOUNTED = "/etc/hub-tokens"
_META = "__meta_kubernetes"


def hub_metrics(subject: SupportSubject) -> dict[str, Any]:
    """Read the metrics of hubs that have the feature `metrics`, each with the token that it takes."""
    hubs = [hub for hub in subject.cluster.hubs if with_token(hub)]
    if not hubs:
        return {}
    mount = {"name": SECRET, "secretName": SECRET, "mountPath": _MOUNTED, "readOnly": True, "optional": True}
    jobs = {f"hub-{hub.name}": _job(hub) for hub in hubs}
    return {"prometheus": {"server": {"extraSecretMounts": [mount]}, "scrapeConfigs": jobs}}


def with_token(hub: Hub) -> bool:
    """Whether a hub tells its metrics to who has the token for it."""
    found = next((each for each in hub.features if each.name == "metrics"), None)
    return found is not None and bool(found.settings.get("token"))


def _job(hub: Hub) -> dict[str, Any]:
    """Return a job that finds the hub's Service, whose annotation has the path below which the hub is."""
    return {
        "honor_labels": True,
        "authorization": {"credentials_file": f"{_MOUNTED}/{hub.name}"},
        "kubernetes_sd_configs": [{"role": "endpoints", "namespaces": {"names": [hub.namespace]}}],
        "relabel_configs": [
            {"source_labels": [f"{_META}_service_label_component"], "regex": "hub", "action": "keep"},
            {
                "source_labels": [f"{_META}_service_annotation_prometheus_io_path"],
                "regex": "(.+)",
                "target_label": "__metrics_path__",
            },
            {"source_labels": [f"{_META}_namespace"], "target_label": "namespace"},
        ],
    }
