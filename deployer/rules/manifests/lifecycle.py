"""Since when API versions of Kubernetes are deprecated, and since when they are gone.

The facts are those of the API itself (`APILifecycleDeprecated` and `APILifecycleRemoved` in k8s.io/api, up
to 0.37) and, for what it has forgotten, of the Deprecated API Migration Guide. Left out are kinds that nobody
deploys, such as reviews, and most alpha versions, which a cluster has only when they are switched on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """The minor versions of Kubernetes 1 that deprecate an API version of a kind, and that have it no more.

    `removed` is None when nobody said when. `group` is the API group of what follows, and `kind` its name
    when that is another one.
    """

    deprecated: int
    removed: int | None
    group: str
    kind: str | None = None


_PRIORITIES = "FlowSchema PriorityLevelConfiguration"
_MUTATION = "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
_VALIDATION = "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
_WEBHOOKS = "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
_DEVICES = "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice"
_TABLE: tuple[tuple[str, str, int, int], ...] = (
    (
        "admissionregistration.k8s.io/v1alpha1",
        _MUTATION,
        35,
        38,
    ),
    (
        "admissionregistration.k8s.io/v1alpha1",
        _VALIDATION,
        29,
        32,
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        _MUTATION,
        37,
        40,
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        _WEBHOOKS,
        16,
        22,
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        _VALIDATION,
        31,
        34,
    ),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 16, 22),
    ("apiregistration.k8s.io/v1beta1", "APIService", 19, 22),
    ("apps/v1beta1", "ControllerRevision Deployment StatefulSet", 8, 16),
    ("apps/v1beta2", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet", 9, 16),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 22, 25),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 23, 26),
    ("batch/v1beta1", "CronJob", 21, 25),
    ("certificates.k8s.io/v1alpha1", "ClusterTrustBundle", 34, 37),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest", 19, 22),
    ("certificates.k8s.io/v1beta1", "ClusterTrustBundle PodCertificateRequest", 37, 40),
    ("coordination.k8s.io/v1beta1", "Lease", 19, 22),
    ("coordination.k8s.io/v1beta1", "LeaseCandidate", 36, 39),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", 21, 25),
    ("events.k8s.io/v1beta1", "Event", 22, 25),
    ("extensions/v1beta1", "DaemonSet Deployment ReplicaSet", 8, 16),
    ("extensions/v1beta1", "Ingress", 14, 22),
    ("extensions/v1beta1", "NetworkPolicy", 9, 16),
    ("extensions/v1beta1", "PodSecurityPolicy", 10, 16),
    ("flowcontrol.apiserver.k8s.io/v1beta1", _PRIORITIES, 23, 26),
    ("flowcontrol.apiserver.k8s.io/v1beta2", _PRIORITIES, 26, 29),
    ("flowcontrol.apiserver.k8s.io/v1beta3", _PRIORITIES, 29, 32),
    ("networking.k8s.io/v1beta1", "Ingress IngressClass", 19, 22),
    ("networking.k8s.io/v1beta1", "IPAddress ServiceCIDR", 34, 37),
    ("node.k8s.io/v1beta1", "RuntimeClass", 22, 25),
    ("policy/v1beta1", "PodDisruptionBudget PodSecurityPolicy", 21, 25),
    ("rbac.authorization.k8s.io/v1alpha1", "ClusterRole ClusterRoleBinding Role RoleBinding", 17, 22),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole ClusterRoleBinding Role RoleBinding", 17, 22),
    ("resource.k8s.io/v1alpha3", "DeviceTaintRule", 36, 39),
    ("resource.k8s.io/v1beta1", _DEVICES, 35, 38),
    ("resource.k8s.io/v1beta2", _DEVICES, 36, 39),
    ("scheduling.k8s.io/v1alpha1", "PriorityClass", 14, 17),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", 14, 22),
    ("storage.k8s.io/v1alpha1", "VolumeAttributesClass", 32, 35),
    ("storage.k8s.io/v1beta1", "CSIDriver StorageClass VolumeAttachment", 19, 22),
    ("storage.k8s.io/v1beta1", "CSINode", 17, 22),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity", 24, 27),
    ("storage.k8s.io/v1beta1", "VolumeAttributesClass", 34, 37),
    ("storagemigration.k8s.io/v1alpha1", "StorageVersionMigration", 33, 35),
    ("storagemigration.k8s.io/v1beta1", "StorageVersionMigration", 37, 40),
)
_STAYING = {
    ("v1", "ComponentStatus"): Lifecycle(deprecated=19, removed=None, group=""),
    ("v1", "Endpoints"): Lifecycle(
        deprecated=33, removed=None, group="discovery.k8s.io", kind="EndpointSlice"
    ),
}
_MOVED = {"Ingress": "networking.k8s.io", "NetworkPolicy": "networking.k8s.io", "PodSecurityPolicy": "policy"}
"""The groups of what once was in `extensions`; everything else there went to `apps`."""


@cache
def lifecycles() -> Mapping[tuple[str, str], Lifecycle]:
    """Return what is known of API versions that end, by API version and kind."""
    found = dict(_STAYING)
    for version, kinds, deprecated, removed in _TABLE:
        group = version.partition("/")[0]
        for kind in kinds.split():
            after = _MOVED.get(kind, "apps") if group == "extensions" else group
            found[version, kind] = Lifecycle(deprecated=deprecated, removed=removed, group=after)
    return found
