"""Pods against the level `baseline` of the Pod Security Standards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests.security import pod_security, privileged_container
from tests.rules.manifests.making import CHART, DEPLOYMENT, found

if TYPE_CHECKING:
    from tests.rules.manifests.making import Rendering

POD = "spec.template.spec"
CONTAINER = f"{POD}.containers[0]"
BEYOND = "beyond the level `baseline` of the Pod Security Standards"


@pytest.mark.parametrize(
    ("lines", "path", "what"),
    [
        ("      hostNetwork: true", f"{POD}.hostNetwork", "shares the network of the node"),
        ("      hostPID: true", f"{POD}.hostPID", "shares the processes of the node"),
        ("      hostIPC: true", f"{POD}.hostIPC", "shares the memory between processes of the node"),
        (
            "      volumes: [{name: a, hostPath: {path: /}}]",
            f"{POD}.volumes[0].hostPath",
            "opens a directory of the node",
        ),
        (
            "          ports: [{containerPort: 1, hostPort: 80}]",
            f"{CONTAINER}.ports[0].hostPort",
            "takes a port of the node",
        ),
        (
            "          securityContext: {capabilities: {add: [CHOWN, NET_RAW]}}",
            f"{CONTAINER}.securityContext.capabilities.add[1]",
            "adds `NET_RAW`",
        ),
        (
            "          securityContext: {procMount: Unmasked}",
            f"{CONTAINER}.securityContext.procMount",
            "shows more of `/proc`",
        ),
        (
            "          securityContext: {seccompProfile: {type: Unconfined}}",
            f"{CONTAINER}.securityContext.seccompProfile.type",
            "takes the profile of seccomp away",
        ),
        (
            "      securityContext: {appArmorProfile: {type: Unconfined}}",
            f"{POD}.securityContext.appArmorProfile.type",
            "takes the profile of AppArmor away",
        ),
        (
            "      securityContext: {seLinuxOptions: {type: spc_t}}",
            f"{POD}.securityContext.seLinuxOptions",
            "chooses another SELinux context",
        ),
        (
            "      securityContext: {seLinuxOptions: {role: a}}",
            f"{POD}.securityContext.seLinuxOptions",
            "chooses another SELinux context",
        ),
        (
            "      securityContext: {windowsOptions: {hostProcess: true}}",
            f"{POD}.securityContext.windowsOptions.hostProcess",
            "runs on the node itself",
        ),
        (
            "      securityContext: {sysctls: [{name: vm.swappiness, value: '1'}]}",
            f"{POD}.securityContext.sysctls[0].name",
            "changes the kernel of the node",
        ),
        (
            "          livenessProbe: {httpGet: {host: example.org, port: 1}}",
            f"{CONTAINER}.livenessProbe.httpGet.host",
            "lets the node ask another host",
        ),
        (
            "          lifecycle: {preStop: {tcpSocket: {host: a, port: 1}}}",
            f"{CONTAINER}.lifecycle.preStop.tcpSocket.host",
            "lets the node ask another host",
        ),
    ],
)
def test_what_is_beyond_the_level_is_told(rendering: Rendering, lines: str, path: str, what: str) -> None:
    hub = rendering(f"{DEPLOYMENT}{lines}\n")
    assert found(hub, pod_security) == [f"{CHART}: Deployment hub: `{path}` {what}, {BEYOND}"]


@pytest.mark.parametrize(
    "lines",
    [
        "      hostNetwork: false",
        "      volumes: [{name: a, emptyDir: {}}]",
        "          ports: [{containerPort: 1, hostPort: 0}]",
        "          securityContext: {capabilities: {add: [CHOWN], drop: [ALL]}, procMount: Default}",
        "      hostUsers: false\n      initContainers: [{name: a, securityContext: {procMount: Unmasked}}]",
        "      securityContext: {seccompProfile: {type: RuntimeDefault}, seLinuxOptions: {type: ''}}",
        "      securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: '1'}]}",
        "          livenessProbe: {httpGet: {host: '', port: 1}}",
        "          securityContext: {privileged: true}",
    ],
)
def test_what_is_within_the_level_is_fine(rendering: Rendering, lines: str) -> None:
    assert found(rendering(f"{DEPLOYMENT}{lines}\n"), pod_security) == []


@pytest.mark.parametrize(
    ("lines", "forbids", "allows"),
    [
        ("      securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: '1'}]}", "1.31", "1.32"),
        ("      securityContext: {seLinuxOptions: {type: container_engine_t}}", "1.30", "1.31"),
        ("          livenessProbe: {httpGet: {host: a, port: 1}}", "1.34", "1.33"),
    ],
)
def test_the_level_is_that_of_the_version_of_the_cluster(
    rendering: Rendering, lines: str, forbids: str, allows: str
) -> None:
    text = f"{DEPLOYMENT}{lines}\n"
    assert len(found(rendering(text, version=forbids), pod_security)) == 1
    assert found(rendering(text, version=allows), pod_security) == []


def test_an_annotation_for_apparmor_counts(rendering: Rendering) -> None:
    key = "container.apparmor.security.beta.kubernetes.io/hub"
    text = DEPLOYMENT.replace("labels: {app: hub}}", "").replace(
        "    metadata:\n", f"    metadata:\n      annotations: {{{key}: {{}}}}\n", 1
    )
    for profile, count in (("unconfined", 1), ("runtime/default", 0), ("localhost/mine", 0)):
        assert len(found(rendering(text.replace("{}", profile)), pod_security)) == count


@pytest.mark.parametrize("kind", ["CronJob", "DaemonSet", "Job", "Pod", "ReplicaSet", "StatefulSet"])
def test_whatever_makes_pods_is_looked_at(rendering: Rendering, kind: str) -> None:
    spec = "{hostNetwork: true}"
    if kind != "Pod":
        spec = f"{{template: {{spec: {spec}}}}}"
    if kind == "CronJob":
        spec = f"{{jobTemplate: {{spec: {spec}}}}}"
    assert len(found(rendering(f"{{kind: {kind}, spec: {spec}}}"), pod_security)) == 1


def test_privileged_containers_of_a_pod_are_told_together(rendering: Rendering) -> None:
    hub = rendering(
        DEPLOYMENT
        + "          securityContext: {privileged: true}\n"
        + "        - {name: other, securityContext: {privileged: false}}\n"
        + "      initContainers: [{name: first, securityContext: {privileged: true}}]\n"
    )
    message = "privileged containers have the whole node: `first`, `hub`"
    assert found(hub, privileged_container) == [f"{CHART}: Deployment hub: {message}"]


@pytest.mark.parametrize(
    "text",
    [
        "{kind: Deployment}",
        "{kind: Pod, spec: 1}",
        "{kind: Pod, spec: {containers: [1, {securityContext: 1}]}}",
    ],
)
def test_objects_of_another_shape_are_left_to_the_schemas(rendering: Rendering, text: str) -> None:
    assert found(rendering(text), pod_security, privileged_container) == []


def test_what_the_hub_chose_is_told_at_its_line(rendering: Rendering) -> None:
    hub = rendering(
        f"{DEPLOYMENT}      hostNetwork: true\n      hostPID: true\n"
        "      initContainers:\n        - {name: own, securityContext: {privileged: true}}\n"
        "        - {name: other, securityContext: {privileged: true, runAsUser: 0}}\n",
        "jupyterhub:\n  hub:\n    extraPodSpec:\n      hostNetwork: true\n"
        "    initContainers:\n      - {name: own, securityContext: {privileged: true}}\n",
    )
    assert found(hub, pod_security, privileged_container) == [
        f"1.yaml:4: Deployment hub: `{POD}.hostNetwork` shares the network of the node, {BEYOND}",
        f"{CHART}: Deployment hub: `{POD}.hostPID` shares the processes of the node, {BEYOND}",
        "1.yaml:6: Deployment hub: the container `own` is privileged, and has the whole node",
        f"{CHART}: Deployment hub: privileged containers have the whole node: `other`",
    ]


def test_what_a_chart_does_by_itself_is_told_once_for_a_pod(rendering: Rendering) -> None:
    hub = rendering(f"{DEPLOYMENT}      hostIPC: true\n      hostPID: true\n")
    (message,) = found(hub, pod_security)
    assert message.endswith(
        f"the node, `{POD}.hostIPC` shares the memory between processes of the node, {BEYOND}"
    )
