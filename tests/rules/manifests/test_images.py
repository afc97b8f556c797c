"""Images that a chart itself names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests.images import rendered_image
from tests.rules.manifests.making import CHART, DEPLOYMENT, found

if TYPE_CHECKING:
    from tests.rules.manifests.making import Rendering


@pytest.mark.parametrize(
    ("image", "has"),
    [
        ("nginx", "no tag"),
        ("nginx:latest", "the tag `latest`"),
        ("registry.example:5000/nginx", "no tag"),
        ("registry.example:5000/nginx:latest", "the tag `latest`"),
    ],
)
def test_an_image_that_changes_by_itself_is_questioned(rendering: Rendering, image: str, has: str) -> None:
    hub = rendering(DEPLOYMENT.replace("hub:1", image))
    name = image.removesuffix(":latest")
    message = f"the image `{name}` of the container `hub` has {has}: choose one that stays what it is"
    assert found(hub, rendered_image) == [f"{CHART}: Deployment hub: {message}"]


@pytest.mark.parametrize("image", ["nginx:1", "a:5000/b:1", "nginx@sha256:00", "nginx:latest@sha256:00", "1"])
def test_an_image_that_stays_what_it_is_is_fine(rendering: Rendering, image: str) -> None:
    assert (
        found(rendering(DEPLOYMENT.replace("hub:1", image if image != "1" else "1.5")), rendered_image) == []
    )


@pytest.mark.parametrize(
    "values",
    [
        "jupyterhub: {hub: {extraContainers: [{name: a, image: nginx}]}}",
        "jupyterhub: {hub: {image: {name: nginx}}}",
        "dask-gateway: {gateway: {image: {repository: nginx, tag: latest}}}",
    ],
)
def test_an_image_that_the_values_name_is_for_the_rules_about_values(
    rendering: Rendering, values: str
) -> None:
    assert found(rendering(DEPLOYMENT.replace("hub:1", "nginx:latest"), values), rendered_image) == []
