"""What objects are called, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests.names import duplicate_object, label_value, object_name, other_namespace
from tests.rules.manifests.making import CHART, DEPLOYMENT, found

if TYPE_CHECKING:
    from tests.rules.manifests.making import Rendering

LOWER = "may only have lower case letters, digits, and `-` between them"
DOTTED = "may only have lower case letters, digits, and `-` and `.` between them"


def thing(kind: str, name: str, version: str = "v1", more: str = "") -> str:
    return f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: {name}{more}}}}}\n"


def test_two_objects_of_one_kind_and_name_are_told(rendering: Rendering) -> None:
    hub = rendering(f"{thing('Secret', 'a')}---\n{thing('Secret', 'a')}---\n{thing('Secret', 'a')}")
    message = f"{CHART}: Secret a: it is rendered twice, and one of them would be lost"
    assert found(hub, duplicate_object) == [message, message]


def test_the_version_and_an_own_namespace_make_no_difference(rendering: Rendering) -> None:
    first = thing("Deployment", "a", "apps/v1")
    second = thing("Deployment", "a", "apps/v1beta1", ", namespace: hub")
    assert len(found(rendering(f"{first}---\n{second}"), duplicate_object)) == 1


@pytest.mark.parametrize(
    "other",
    [
        thing("Secret", "b"),
        thing("ConfigMap", "a"),
        thing("Secret", "a", "example.org/v1"),
        thing("Secret", "a", more=", namespace: other"),
        thing("Secret", "a", more=", annotations: {helm.sh/hook: pre-install}"),
    ],
)
def test_objects_that_differ_are_two(rendering: Rendering, other: str) -> None:
    assert found(rendering(f"{thing('Secret', 'a')}---\n{other}"), duplicate_object) == []


def test_objects_without_a_name_are_told_once_each_and_not_as_doubles(rendering: Rendering) -> None:
    hub = rendering(
        "{apiVersion: v1, kind: Secret}\n---\n{apiVersion: v1, kind: Secret, metadata: {name: ''}}\n"
    )
    message = f"{CHART}: Secret ?: an object needs a name, in `metadata.name`"
    assert found(hub, duplicate_object, object_name) == [message, message]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (thing("Secret", "a_b"), f"Secret a_b: `metadata.name`: the name `a_b` {DOTTED}"),
        (thing("Secret", "A"), f"Secret A: `metadata.name`: the name `A` {DOTTED}"),
        (thing("Secret", "a-.b"), f"Secret a-.b: `metadata.name`: the name `a-.b` {DOTTED}"),
        (thing("Service", "a.b"), f"Service a.b: `metadata.name`: the name `a.b` {LOWER}"),
        (
            thing("Service", "a" * 64),
            f"Service {'a' * 64}: `metadata.name`: the name `{'a' * 64}` has 64 characters, and may have 63",
        ),
        (
            thing("CronJob", "a" * 53, "batch/v1"),
            f"CronJob {'a' * 53}: `metadata.name`: the name `{'a' * 53}` has 53 characters, and may have 52",
        ),
        (
            f"{DEPLOYMENT}          ports: [{{containerPort: 1, name: a-very-long-name}}]\n",
            (
                "Deployment hub: `spec.template.spec.containers[0].ports[0].name`: the name "
                "`a-very-long-name` has 16 characters, and may have 15"
            ),
        ),
        (
            f"{DEPLOYMENT}          ports: [{{containerPort: 1, name: '80'}}]\n",
            (
                "Deployment hub: `spec.template.spec.containers[0].ports[0].name`: the name `80` "
                f"{LOWER}, and needs a letter"
            ),
        ),
        (
            f"{DEPLOYMENT}      volumes: [{{name: a_b}}]\n",
            f"Deployment hub: `spec.template.spec.volumes[0].name`: the name `a_b` {LOWER}",
        ),
        (
            f"{DEPLOYMENT}      initContainers: [{{name: myImage}}]\n",
            f"Deployment hub: `spec.template.spec.initContainers[0].name`: the name `myImage` {LOWER}",
        ),
    ],
)
def test_a_name_that_kubernetes_does_not_take_is_told(rendering: Rendering, text: str, message: str) -> None:
    assert found(rendering(text), object_name) == [f"{CHART}: {message}"]


@pytest.mark.parametrize(
    "text",
    [
        thing("Secret", "a." * 126 + "b"),
        thing("Service", "a" * 63),
        thing("CronJob", "a" * 52, "batch/v1"),
        thing("ClusterRole", "system:a_B", "rbac.authorization.k8s.io/v1"),
        thing("Custom", "A_B", "example.org/v1"),
        thing("Secret", "unknown-jupyterhub.hub.existingSecret"),
        thing("Secret", "1"),
        "{apiVersion: batch/v1, kind: Job, metadata: {generateName: a-}}",
        f"{DEPLOYMENT}          ports: [{{containerPort: 1, name: a-15-characters}}]\n",
        f"{DEPLOYMENT}      volumes: [{{name: a}}]\n",
    ],
)
def test_a_name_that_kubernetes_takes_is_fine(rendering: Rendering, text: str) -> None:
    assert found(rendering(text), object_name) == []


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("Department of Physics", "may only have letters, digits, and `-`, `_` and `.` between them"),
        ("me@example.org", "may only have letters, digits, and `-`, `_` and `.` between them"),
        ("-a", "may only have letters, digits, and `-`, `_` and `.` between them"),
        ("a" * 64, "has 64 characters, and may have 63"),
    ],
)
def test_a_label_that_kubernetes_does_not_take_is_told_on_objects_and_pods(
    rendering: Rendering, value: str, wrong: str
) -> None:
    text = DEPLOYMENT.replace("name: hub", f"name: hub\n  labels: {{of: {value}}}", 1)
    text = text.replace("labels: {app: hub}", f"labels: {{app: hub, pod: {value}}}")
    assert sorted(found(rendering(text), label_value)) == [
        f"{CHART}: Deployment hub: the value of the label `of` {wrong}",
        f"{CHART}: Deployment hub: the value of the label `pod` {wrong}",
    ]


def test_a_label_of_a_plain_pod_is_told_once(rendering: Rendering) -> None:
    assert len(found(rendering(thing("Pod", "a", more=", labels: {a: b c}")), label_value)) == 1


@pytest.mark.parametrize("value", ["''", "null", "1", "A.b_c-d", "2026-01-01", "unknown-jupyterhub.a b"])
def test_other_values_of_labels_are_fine_or_for_the_schemas(rendering: Rendering, value: str) -> None:
    assert found(rendering(thing("Secret", "a", more=f", labels: {{a: {value}}}")), label_value) == []


def test_another_namespace_than_the_hubs_is_questioned(rendering: Rendering) -> None:
    hub = rendering(
        f"{thing('Secret', 'a', more=', namespace: other')}---\n"
        f"{thing('Secret', 'a', more=', namespace: hub')}---\n{thing('Secret', 'a')}"
    )
    assert found(hub, other_namespace) == [
        f"{CHART}: Secret a: it goes to the namespace `other`, not to the hub's"
    ]
