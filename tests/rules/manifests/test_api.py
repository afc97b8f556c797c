"""Objects against the API of the cluster's own version of Kubernetes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests import notices
from deployer.rules.manifests.api import api_schema, unknown_field
from tests.rules.manifests.making import CHART, DEPLOYMENT, found

if TYPE_CHECKING:
    from tests.rules.manifests.making import Rendering

CONTAINER = "spec.template.spec.containers[0]"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            "env: [{name: A, value: 1}]",
            f"`{CONTAINER}.env[0].value` must be text, not a number: put it in quotes",
        ),
        ("env: [{value: '1'}]", f"missing key `name` in `{CONTAINER}.env[0]`"),
        ("env: {A: '1'}", f"`{CONTAINER}.env` must be a list, not a map"),
        (
            "ports: [{containerPort: http}]",
            f"`{CONTAINER}.ports[0].containerPort` must be a whole number, not text",
        ),
        (
            "ports: [{name: null, containerPort: null}]",
            f"missing key `containerPort` in `{CONTAINER}.ports[0]`",
        ),
        (
            "imagePullPolicy: Sometimes",
            f"`{CONTAINER}.imagePullPolicy` must be `Always`, `IfNotPresent` or `Never`",
        ),
        (
            "resources: {limits: {memory: 1 GB}}",
            f"`{CONTAINER}.resources.limits.memory` must be an amount such as `500m`, `2Gi` or `1.5`",
        ),
        (
            "resources: {limits: {memory: [1G]}}",
            f"`{CONTAINER}.resources.limits.memory` must be text or a number, not a list",
        ),
        (
            "livenessProbe: {httpGet: {port: 1.5}}",
            f"`{CONTAINER}.livenessProbe.httpGet.port` must be text or a whole number, not a number",
        ),
    ],
)
def test_what_the_api_server_refuses_is_told(rendering: Rendering, lines: str, message: str) -> None:
    hub = rendering(f"{DEPLOYMENT}          {lines}\n")
    assert found(hub, api_schema, unknown_field) == [f"{CHART}: Deployment hub: {message}"]


@pytest.mark.parametrize(
    "lines",
    [
        "env: null",
        "env: [{name: A, value: null}, {name: B, value: '1'}]",
        "args: [null]",
        "imagePullPolicy: ''",
        "resources: {limits: {cpu: null, memory: 1e3}, requests: {cpu: 0.5, memory: 1000Ki, gpu: '1'}}",
        "livenessProbe: {httpGet: {port: http, httpHeaders: [{name: Host}]}}",
        "livenessProbe: {httpGet: {port: 8081}}",
        "env: [{name: DAY, value: 2026-01-01}]",
        "env: [{name: SECRET, value: unknown-jupyterhub.hub.extraEnv.SECRET}]",
        "resources: {limits: {memory: unknown-jupyterhub.hub.resources.limits.memory}}",
    ],
)
def test_what_the_api_server_takes_is_fine(rendering: Rendering, lines: str) -> None:
    assert found(rendering(f"{DEPLOYMENT}          {lines}\n"), api_schema, unknown_field) == []


@pytest.mark.parametrize(
    "text",
    [
        "{apiVersion: apps/v1, kind: StatefulSet, spec: {selector: {}, template: {}}}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, spec: {policyTypes: [Ingress]}}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, roleRef: {kind: Role, name: a}}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, rules: null}",
        "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, value: null}",
        "{apiVersion: v1, kind: LimitRange, spec: {}}",
    ],
)
def test_what_an_api_server_does_without_is_not_required(rendering: Rendering, text: str) -> None:
    """The published schemas of 1.28 require each of these."""
    assert found(rendering(text, version="1.28"), api_schema, unknown_field) == []


def test_an_unknown_key_is_no_more_than_a_warning_for_it_is_dropped(rendering: Rendering) -> None:
    hub = rendering(f"{DEPLOYMENT}      priorityClasName: high\n      nodeSelecter: {{}}\n")
    assert found(hub, api_schema) == []
    assert found(hub, unknown_field) == [
        (
            f"{CHART}: Deployment hub: unknown key `spec.template.spec.priorityClasName`, "
            "did you mean `priorityClassName`?; Kubernetes drops it"
        ),
        (
            f"{CHART}: Deployment hub: unknown key `spec.template.spec.nodeSelecter`, "
            "did you mean `nodeSelector`?; Kubernetes drops it"
        ),
    ]
    assert (api_schema.severity, unknown_field.severity) == ("error", "warning")


def test_the_version_of_the_cluster_decides(rendering: Rendering) -> None:
    """`resources` of a whole pod came with 1.32."""
    text = f"{DEPLOYMENT}      resources: {{}}\n"
    assert found(rendering(text, version="1.32"), unknown_field) == []
    assert found(rendering(text, version="1.31"), unknown_field) == [
        (
            f"{CHART}: Deployment hub: unknown key `spec.template.spec.resources`, "
            "did you mean `resourceClaims`?; Kubernetes drops it"
        )
    ]


@pytest.mark.parametrize(
    ("version", "text", "message"),
    [
        ("1.34", "{kind: A}", "A ?: an object needs `apiVersion` and `kind`, as text"),
        ("1.34", "{apiVersion: 1, kind: A}", "A ?: an object needs `apiVersion` and `kind`, as text"),
        (
            "1.34",
            "{apiVersion: apps/v1, kind: Deploymnet}",
            "Deploymnet ?: Kubernetes 1.34 has no kind `Deploymnet` in `apps/v1`, did you mean `Deployment`?",
        ),
        (
            "1.34",
            "{apiVersion: v1, kind: Deployment}",
            "Deployment ?: Kubernetes 1.34 has no kind `Deployment` in `v1`: write `apiVersion: apps/v1`",
        ),
        (
            "1.34",
            "{apiVersion: v1, kind: Nonsense}",
            "Nonsense ?: Kubernetes 1.34 has no kind `Nonsense` in `v1`",
        ),
        (
            "1.28",
            "{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema}",
            (
                "FlowSchema ?: Kubernetes 1.28 has no kind `FlowSchema` in "
                "`flowcontrol.apiserver.k8s.io/v1`; 1.29 brings it"
            ),
        ),
        (
            "1.34",
            "{apiVersion: resource.k8s.io/v1alpha2, kind: ResourceClaim}",
            (
                "ResourceClaim ?: Kubernetes 1.34 has no kind `ResourceClaim` in `resource.k8s.io/v1alpha2`: "
                "write `apiVersion: resource.k8s.io/v1`"
            ),
        ),
    ],
)
def test_a_kind_that_there_is_not_is_told_with_what_to_write(
    rendering: Rendering, version: str, text: str, message: str
) -> None:
    assert found(rendering(text, version=version), api_schema, unknown_field) == [f"{CHART}: {message}"]


@pytest.mark.parametrize(
    "text",
    [
        "{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, spec: 1}",
        "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute}",
        "{apiVersion: policy/v1beta1, kind: PodDisruptionBudget}",
    ],
)
def test_nothing_is_said_of_custom_resources_nor_of_what_another_rule_tells(
    rendering: Rendering, text: str
) -> None:
    assert found(rendering(text), api_schema, unknown_field) == []


@pytest.mark.parametrize(("version", "nearest"), [("1.99", "1.37"), ("1.3", "1.25")])
def test_an_unknown_version_is_told_and_that_next_to_it_is_taken(
    rendering: Rendering, version: str, nearest: str
) -> None:
    text = f"{DEPLOYMENT}          ports: {{}}\n---\n{{apiVersion: v1, kind: KindToCome}}\n"
    hub = rendering(text, version=version)
    assert notices(hub) == (
        f"the API of Kubernetes {version} is not known: objects are held against that of {nearest}",
    )
    message = f"{CHART}: Deployment hub: `{CONTAINER}.ports` must be a list, not a map"
    assert found(hub, api_schema) == [message]
    assert notices(rendering(text)) == ()
