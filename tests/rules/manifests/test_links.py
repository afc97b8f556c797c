"""What parts of a release say of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests.links import service_selector, volume_mount, workload_selector
from tests.rules.manifests.making import CHART, DEPLOYMENT, found

if TYPE_CHECKING:
    from tests.rules.manifests.making import Rendering


def service(spec: str) -> str:
    return f"---\n{{apiVersion: v1, kind: Service, metadata: {{name: hub}}, spec: {spec}}}\n"


def test_a_service_that_leads_to_no_pod_is_told_with_what_the_nearest_lacks(rendering: Rendering) -> None:
    hub = rendering(DEPLOYMENT + service("{selector: {app: hub, part: api}}"))
    message = "it leads nowhere: no pod of the release has the label `part: api`"
    assert found(hub, service_selector) == [f"{CHART}: Service hub: {message}"]


def test_without_any_pod_the_whole_selector_is_told(rendering: Rendering) -> None:
    hub = rendering(service("{selector: {app: hub, part: api}}"))
    message = "it leads nowhere: no pod of the release has the label `app: hub` and `part: api`"
    assert found(hub, service_selector) == [f"{CHART}: Service hub: {message}"]


@pytest.mark.parametrize(
    "spec",
    [
        "{selector: {app: hub}}",
        "{selector: {}}",
        "{}",
        "1",
        "{type: ExternalName, externalName: example.org, selector: {app: other}}",
    ],
)
def test_a_service_that_leads_to_pods_or_has_no_selector_is_fine(rendering: Rendering, spec: str) -> None:
    assert found(rendering(DEPLOYMENT + service(spec)), service_selector) == []


def test_a_deployment_must_select_its_own_pods(rendering: Rendering) -> None:
    hub = rendering(DEPLOYMENT.replace("matchLabels: {app: hub}", "matchLabels: {app: hub, part: a}"))
    assert found(hub, workload_selector) == [
        f"{CHART}: Deployment hub: it selects `part: a`, which its own pods don't have"
    ]


@pytest.mark.parametrize(
    "text", [DEPLOYMENT, "{kind: Deployment}", "{kind: Job, spec: {selector: {matchLabels: {a: b}}}}"]
)
def test_what_selects_its_own_pods_or_nothing_is_fine(rendering: Rendering, text: str) -> None:
    assert found(rendering(text), workload_selector) == []


def test_a_mount_needs_a_volume(rendering: Rendering) -> None:
    hub = rendering(
        f"{DEPLOYMENT}          volumeMounts: [{{name: shard, mountPath: /a}}]\n"
        "      volumes: [{name: shared}, {name: other}]\n",
        "jupyterhub:\n  hub:\n    extraVolumeMounts:\n      - {name: shard, mountPath: /a}\n",
    )
    message = "the container `hub` mounts `shard`, which its pod has not; did you mean `shared`?"
    assert found(hub, volume_mount) == [f"1.yaml:4: Deployment hub: {message}"]


def test_a_place_takes_one_mount_and_the_hubs_own_line_is_told(rendering: Rendering) -> None:
    hub = rendering(
        f"{DEPLOYMENT}          volumeMounts:\n"
        "            - {name: a, mountPath: /a, subPath: x}\n            - {name: a, mountPath: /a}\n"
        "      volumes: [{name: a}]\n",
        "jupyterhub:\n  hub:\n    extraVolumeMounts:\n      - {name: a, mountPath: /a, subPath: x}\n",
    )
    message = "the container `hub` has two volumes mounted at `/a`"
    assert found(hub, volume_mount) == [f"1.yaml:4: Deployment hub: {message}"]


def test_a_claim_that_a_stateful_set_makes_is_a_volume(rendering: Rendering) -> None:
    text = DEPLOYMENT.replace("kind: Deployment", "kind: StatefulSet")
    text += "          volumeMounts: [{name: data, mountPath: /a}]\n"
    text += "  volumeClaimTemplates: [{metadata: {name: data}}]\n"
    assert found(rendering(text), volume_mount) == []


def test_containers_may_mount_one_volume_each_at_the_same_place(rendering: Rendering) -> None:
    mounts = "volumeMounts: [{name: a, mountPath: /a}, {name: a, mountPath: /a/b}]"
    text = (
        f"{DEPLOYMENT}          {mounts}\n        - {{name: other, {mounts}}}\n      volumes: [{{name: a}}]\n"
    )
    assert found(rendering(text), volume_mount) == []
