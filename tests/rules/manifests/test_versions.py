"""API versions that end, and the table of them against the schemas of each version."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests.lifecycle import lifecycles
from deployer.rules.manifests.schemas import api, known_versions
from deployer.rules.manifests.versions import deprecated_api, removed_api
from tests.rules.manifests.making import CHART, found

if TYPE_CHECKING:
    from tests.rules.manifests.making import Rendering


@pytest.mark.parametrize(
    ("version", "api_version", "kind", "message"),
    [
        (
            "1.28",
            "policy/v1beta1",
            "PodDisruptionBudget",
            "Kubernetes 1.25 removed {}: write `apiVersion: policy/v1`",
        ),
        ("1.28", "batch/v1beta1", "CronJob", "Kubernetes 1.25 removed {}: write `apiVersion: batch/v1`"),
        (
            "1.28",
            "autoscaling/v2beta2",
            "HorizontalPodAutoscaler",
            "Kubernetes 1.26 removed {}: write `apiVersion: autoscaling/v2`",
        ),
        (
            "1.28",
            "extensions/v1beta1",
            "Ingress",
            "Kubernetes 1.22 removed {}: write `apiVersion: networking.k8s.io/v1`",
        ),
        (
            "1.28",
            "extensions/v1beta1",
            "Deployment",
            "Kubernetes 1.16 removed {}: write `apiVersion: apps/v1`",
        ),
        (
            "1.28",
            "flowcontrol.apiserver.k8s.io/v1beta1",
            "FlowSchema",
            "Kubernetes 1.26 removed {}: write `apiVersion: flowcontrol.apiserver.k8s.io/v1beta3`",
        ),
        (
            "1.34",
            "flowcontrol.apiserver.k8s.io/v1beta1",
            "FlowSchema",
            "Kubernetes 1.26 removed {}: write `apiVersion: flowcontrol.apiserver.k8s.io/v1`",
        ),
        (
            "1.34",
            "policy/v1beta1",
            "PodSecurityPolicy",
            "Kubernetes 1.25 removed {}: label the namespace with a level of the Pod Security Standards",
        ),
        (
            "1.99",
            "policy/v1beta1",
            "PodDisruptionBudget",
            "Kubernetes 1.25 removed {}: write `apiVersion: policy/v1`",
        ),
    ],
)
def test_a_removed_version_is_told_with_its_successor(
    rendering: Rendering, version: str, api_version: str, kind: str, message: str
) -> None:
    hub = rendering(f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a}}}}", version=version)
    told = message.format(f"`{kind}` from `{api_version}`")
    assert found(hub, removed_api) == [f"{CHART}: {kind} a: {told}"]
    assert found(hub, deprecated_api) == []


@pytest.mark.parametrize(
    ("version", "api_version", "kind", "message"),
    [
        ("1.32", "v1", "Endpoints", None),
        (
            "1.33",
            "v1",
            "Endpoints",
            "since 1.33: write `apiVersion: discovery.k8s.io/v1` and `kind: EndpointSlice`",
        ),
        ("1.34", "v1", "ComponentStatus", "since 1.19: nothing takes its place"),
        ("1.33", "storage.k8s.io/v1beta1", "VolumeAttributesClass", None),
        (
            "1.34",
            "storage.k8s.io/v1beta1",
            "VolumeAttributesClass",
            "since 1.34 and removed in 1.37: write `apiVersion: storage.k8s.io/v1`",
        ),
        (
            "1.28",
            "flowcontrol.apiserver.k8s.io/v1beta2",
            "FlowSchema",
            "since 1.26 and removed in 1.29: write `apiVersion: flowcontrol.apiserver.k8s.io/v1beta3`",
        ),
        (
            "1.33",
            "storagemigration.k8s.io/v1alpha1",
            "StorageVersionMigration",
            "since 1.33 and removed in 1.35: nothing takes its place yet",
        ),
    ],
)
def test_a_deprecated_version_is_told_before_it_ends(
    rendering: Rendering, version: str, api_version: str, kind: str, message: str | None
) -> None:
    hub = rendering(f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a}}}}", version=version)
    told = (message or "").replace("since ", "is deprecated since Kubernetes ")
    expected = [f"{CHART}: {kind} a: `{kind}` in `{api_version}` {told}"] if message else []
    assert (found(hub, deprecated_api), found(hub, removed_api)) == (expected, [])


def test_the_table_says_what_the_schemas_say() -> None:
    """A kind is in the schemas of a version just when the table does not call it removed there."""
    wrong = []
    for (version, kind), ends in lifecycles().items():
        for minor in known_versions():
            removed = ends.removed is not None and minor >= ends.removed
            if removed and (version, kind) in api(minor).kinds:
                wrong.append(f"{version} {kind} is in 1.{minor}")
        last = (ends.removed or known_versions()[-1] + 1) - 1
        if last in known_versions() and (version, kind) not in api(last).kinds:
            wrong.append(f"{version} {kind} is not in 1.{last}")
    assert wrong == []


def test_whatever_goes_between_two_versions_is_in_the_table() -> None:
    """Alpha versions, which clusters don't have unless somebody switches them on, may be missing."""
    versions = known_versions()
    gone = {
        kind
        for before, after in itertools.pairwise(versions)
        for kind in api(before).kinds.keys() - api(after).kinds.keys()
        if "alpha" not in kind[0] and not kind[1].endswith(("List", "Options", "Event", "Review"))
    }
    assert gone - lifecycles().keys() == set()
