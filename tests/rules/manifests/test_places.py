"""Findings about objects lead to the line of the hub's values that decides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests.api import api_schema, unknown_field
from deployer.rules.manifests.places import decided_at
from tests.rules.manifests.making import CHART, DEPLOYMENT, found

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath
    from tests.rules.manifests.making import Rendering

CONTAINER: KeyPath = ("spec", "template", "spec", "containers", 0)
VALUES = """\
jupyterhub:
  hub:
    nodeSelector: {size: large}
    extraPodSpec:
      hostNetwork: true
    extraContainers:
      - name: sidecar
        image: sidecar:1
    containerSecurityContext: {runAsUser: 1, capabilities: {add: [CHOWN]}}
    allowNamedServers: true
    service: {annotations: {a: same}}
  proxy:
    annotations: {a: same}
"""


@pytest.mark.parametrize(
    ("lines", "at", "decided"),
    [
        (
            "      hostNetwork: true",
            ("spec", "template", "spec", "hostNetwork"),
            "hub.extraPodSpec.hostNetwork",
        ),
        ("      hostPID: true", ("spec", "template", "spec", "hostPID"), ""),
        (
            "          securityContext: {runAsUser: 1, capabilities: {add: [CHOWN]}}",
            (*CONTAINER, "securityContext", "runAsUser"),
            "hub.containerSecurityContext.runAsUser",
        ),
        (
            "          securityContext: {runAsUser: 1, capabilities: {add: [CHOWN]}}",
            (*CONTAINER, "securityContext", "capabilities", "add", 0),
            "hub.containerSecurityContext.capabilities.add.0",
        ),
        (
            "        - {name: sidecar, image: sidecar:1}",
            (*CONTAINER[:-1], 1, "resources"),
            "hub.extraContainers.0.resources",
        ),
        (
            "      nodeSelector: {size: large}",
            ("spec", "template", "spec", "nodeSelector", "size"),
            "hub.nodeSelector.size",
        ),
        ("          tty: true", (*CONTAINER, "tty"), ""),
        ("          a: same", (*CONTAINER, "a"), ""),
    ],
)
def test_a_value_is_found_by_key_and_content_unless_there_are_several(
    rendering: Rendering, lines: str, at: KeyPath, decided: str
) -> None:
    hub = rendering(f"{DEPLOYMENT}{lines}\n", VALUES)
    expected = ("jupyterhub", *decided.split(".")) if decided else ()
    assert tuple(map(str, decided_at(hub.release, hub.objects[0], at))) == expected


def test_a_whole_object_that_a_chart_takes_from_the_values_is_found(rendering: Rendering) -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: 1}}"
    hub = rendering(text, f"extraObjects:\n  - {text}\n")
    message = "ConfigMap 1: `metadata.name` must be text, not a number: put it in quotes"
    assert found(hub, api_schema) == [f"1.yaml:2: {message}"]


def test_what_the_chart_sets_by_itself_is_told_at_the_hub(rendering: Rendering) -> None:
    """basehub has `startTimeout: 600`; the hub did not say it."""
    hub = rendering(f"{DEPLOYMENT}          startTimeout: 600\n")
    assert [line.partition(": ")[0] for line in found(hub, unknown_field)] == [CHART]


def test_what_the_program_computes_is_told_at_the_hub_with_its_topic(rendering: Rendering) -> None:
    hub = rendering("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, type: ClusterIP}")
    message = (
        "ConfigMap a: unknown key `type`; known here: apiVersion, binaryData, data, immutable, kind, metadata"
    )
    assert found(hub, unknown_field) == [f"{CHART}: {message}; Kubernetes drops it (computed: ingress)"]
