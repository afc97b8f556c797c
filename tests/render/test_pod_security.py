"""Which level of pod security values fit, and what a namespace is labelled with."""

from __future__ import annotations

import pytest
import yaml

from deployer.render.pod_security import fitting, labels

OPEN = "jupyterhub: {singleuser: {cloudMetadata: {blockWithIptables: false}}}"
HUB = "jupyterhub: {singleuser: {cloudMetadata: {blockWithIptables: false}, %s}}"


@pytest.mark.parametrize(
    "text",
    [
        OPEN,
        "{}",
        "traefik: {enabled: true}\nprometheus: {enabled: false}",
        HUB % "extraPodConfig: {hostNetwork: false}",
        HUB % "extraContainers: [{securityContext: {privileged: false, capabilities: {drop: [ALL]}}}]",
        HUB % "initContainers: [{securityContext: {runAsUser: 0, capabilities: {add: [CHOWN]}}}]",
        HUB % "storage: {extraVolumes: [{name: homes, nfs: {server: 10.0.0.1, path: /}}]}",
    ],
)
def test_what_needs_nothing_of_the_node_fits_baseline(text: str) -> None:
    assert fitting(yaml.safe_load(text)) == "baseline"


@pytest.mark.parametrize(
    "text",
    [
        "jupyterhub: {}",
        "jupyterhub: {singleuser: {cloudMetadata: {blockWithIptables: true}}}",
        f"{OPEN}\njupyterhub-home-nfs: {{enabled: true}}",
        f"{OPEN}\nbinderhub-service: {{enabled: true}}",
        "prometheus: {enabled: true}",
        "disableCoredumps: {enabled: true}",
        "cryptnono: {enabled: true}",
        "nvidiaDevicePlugin: {aws: {enabled: true}}",
        HUB % "extraPodConfig: {hostNetwork: true}",
        HUB % "storage: {extraVolumes: [{name: node, hostPath: {path: /data}}]}",
        HUB % "profileList: [{kubespawner_override: {privileged: true}}]",
        HUB % "extraContainers: [{securityContext: {capabilities: {add: [CHOWN, SYS_ADMIN]}}}]",
        HUB % "extraContainers: [{ports: [{hostPort: 80}]}]",
    ],
)
def test_what_needs_the_node_fits_no_level(text: str) -> None:
    assert fitting(yaml.safe_load(text)) == "privileged"


def test_a_namespace_has_the_labels_that_are_asked_for() -> None:
    values = yaml.safe_load(f"{OPEN}\npodSecurity: {{enforce: fitting, warn: restricted, audit: null}}")
    prefix = "pod-security.kubernetes.io/"
    assert labels(values) == {f"{prefix}enforce": "baseline", f"{prefix}warn": "restricted"}
    assert labels({"podSecurity": {}}) == labels({}) == labels({"podSecurity": None}) == {}
