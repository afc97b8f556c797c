"""What containers ask of a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests.resources import missing_requests
from tests.rules.manifests.making import CHART, DEPLOYMENT, found

if TYPE_CHECKING:
    from tests.rules.manifests.making import Rendering

TOGETHER = f"{CHART}: containers that don't request both cpu and memory: "


@pytest.mark.parametrize("resources", ["{}", "{requests: {cpu: 1}}", "{limits: {memory: 1G}}", "null"])
def test_a_container_that_asks_for_too_little_is_told_with_the_value_that_decides(
    rendering: Rendering, resources: str
) -> None:
    hub = rendering(f"{DEPLOYMENT}          resources: {resources}\n")
    assert found(hub, missing_requests) == [f"{TOGETHER}`hub` (`jupyterhub.hub.resources`)"]


@pytest.mark.parametrize(
    "resources",
    [
        "{requests: {cpu: 1, memory: 1G}}",
        "{limits: {cpu: 1, memory: 1G}}",
        "{requests: {cpu: 0}, limits: {memory: 1G}}",
    ],
)
def test_requests_and_limits_are_enough(rendering: Rendering, resources: str) -> None:
    assert found(rendering(f"{DEPLOYMENT}          resources: {resources}\n"), missing_requests) == []


def test_a_container_of_the_hubs_own_is_told_where_it_stands(rendering: Rendering) -> None:
    hub = rendering(
        f"{DEPLOYMENT}          resources: {{limits: {{cpu: 1, memory: 1G}}}}\n"
        "        - {name: sidecar, image: a:1}\n",
        "jupyterhub:\n  hub:\n    extraContainers:\n      - {name: sidecar, image: a:1}\n",
    )
    where = "`jupyterhub.hub.extraContainers[0].resources`"
    message = f"the container `sidecar` doesn't request both cpu and memory: write {where}"
    assert found(hub, missing_requests) == [f"1.yaml:4: Deployment hub: {message}"]


def test_containers_whose_resources_no_value_reaches_are_left_out(rendering: Rendering) -> None:
    """`gateway` belongs to a package that the chart does not have, `pause` to nobody's settings."""
    gateway = DEPLOYMENT.replace("name: hub", "name: api-x-dask-gateway", 1).replace(
        "- name: hub", "- name: gateway"
    )
    pause = DEPLOYMENT.replace("- name: hub", "- name: pause")
    first = "{kind: Pod, metadata: {name: hub}, spec: {initContainers: [{name: hub}]}}"
    assert found(rendering(f"{gateway}---\n{pause}---\n{first}"), missing_requests) == []


def test_a_chart_without_packages_is_the_fleets_own(rendering: Rendering) -> None:
    assert found(rendering(DEPLOYMENT, packages=False), missing_requests) == [
        f"{TOGETHER}`hub` (in the chart's own template)"
    ]


def test_of_many_containers_a_few_are_named(rendering: Rendering) -> None:
    text = "---\n".join(DEPLOYMENT.replace("- name: hub", f"- name: c{i}") for i in range(7))
    (message,) = found(rendering(text, packages=False), missing_requests)
    assert message.count("own template") == 5
    assert message.endswith(" and 2 more")
