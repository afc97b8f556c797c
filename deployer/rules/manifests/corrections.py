"""Where the published schemas of Kubernetes say something else than its API server does."""

from __future__ import annotations

from typing import Any

_CORE = "io.k8s.api.core.v1."
_NOT_REQUIRED = {
    "io.k8s.api.apps.v1.StatefulSetSpec": "serviceName",
    "io.k8s.api.batch.v1.PodFailurePolicyRule": "onPodConditions",
    f"{_CORE}HTTPHeader": "value",
    f"{_CORE}ISCSIVolumeSource": "lun",
    f"{_CORE}LimitRangeSpec": "limits",
    "io.k8s.api.networking.v1.NetworkPolicySpec": "podSelector",
    "io.k8s.api.rbac.v1.RoleRef": "apiGroup",
    "io.k8s.api.scheduling.v1.PriorityClass": "value",
}
"""Keys that are called required, since their Go type lacks `omitempty`, and that an API server does without:
it has a default, or takes their absence for 0 or an empty text."""

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_CHOICES = {
    ("io.k8s.api.apps.v1.DeploymentStrategy", "type"): ("Recreate", "RollingUpdate"),
    ("io.k8s.api.batch.v1.CronJobSpec", "concurrencyPolicy"): ("Allow", "Forbid", "Replace"),
    (f"{_CORE}Container", "imagePullPolicy"): _PULL_POLICIES,
    (f"{_CORE}ContainerPort", "protocol"): _PROTOCOLS,
    (f"{_CORE}PodSpec", "dnsPolicy"): ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    (f"{_CORE}PodSpec", "restartPolicy"): ("Always", "Never", "OnFailure"),
    (f"{_CORE}ServicePort", "protocol"): _PROTOCOLS,
    (f"{_CORE}ServiceSpec", "type"): ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
    (f"{_CORE}Toleration", "effect"): ("NoExecute", "NoSchedule", "PreferNoSchedule"),
    (f"{_CORE}VolumeMount", "mountPropagation"): ("Bidirectional", "HostToContainer", "None"),
    ("io.k8s.api.networking.v1.HTTPIngressPath", "pathType"): ("Exact", "ImplementationSpecific", "Prefix"),
}
"""What some texts may be. The published schemas name the choices in descriptions only; this is those of the
fields that people write most. An empty text passes, which mostly is the default."""

_QUANTITY = {
    "pattern": r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?\s*$",
    "patternErrorMessage": "an amount such as `500m`, `2Gi` or `1.5`",
}


def corrected(definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the definitions of a version of Kubernetes with their corrections. They are changed in place."""
    for definition in definitions.values():
        # Both alternatives allow null, so that one would fit two of them.
        if isinstance(definition.get("oneOf"), list):
            definition["anyOf"] = definition.pop("oneOf")
    for name, key in _NOT_REQUIRED.items():
        _relax(definitions.get(name, {}), key)
    for definition in definitions.values():
        for key in definition.get("required", ()):
            # To an API server, null is nothing; the schemas allow it for some of what they require.
            definition["properties"][key]["not"] = {"type": "null"}
    for (name, key), choices in _CHOICES.items():
        schema = definitions.get(name, {}).get("properties", {}).get(key)
        if schema is not None:
            schema |= _choice(choices)
    definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"]["anyOf"][0] |= _QUANTITY
    return definitions


def _relax(definition: dict[str, Any], key: str) -> None:
    if key not in definition.get("required", ()):
        return
    definition["required"].remove(key)
    if not definition["required"]:
        del definition["required"]
    schema = definition["properties"][key]
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]


def _choice(choices: tuple[str, ...]) -> dict[str, str]:
    names = [f"`{choice}`" for choice in choices]
    return {
        "pattern": f"^({'|'.join(choices)})?$",
        "patternErrorMessage": f"{', '.join(names[:-1])} or {names[-1]}",
    }
