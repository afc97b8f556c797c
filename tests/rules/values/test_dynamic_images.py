"""Images that users have built: the page on which they ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.dynamic_images import dynamic_images
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

ASKING = "features: {dynamic_images: {registry: quay.io, prefix: org/hub-, username: org+builder}}"
LACKING = (
    "asking:1:12: nobody is offered to have an image built: the hub's image `%s` lacks "
    "jupyterhub-fancy-profiles; set `jupyterhub.hub.image` to one that has it, such as images/hub"
)


@pytest.mark.parametrize("name", ["quay.io/jupyterhub/k8s-hub", "mirror.example.org/jupyterhub/k8s-hub"])
def test_the_image_of_z2jh_has_no_page_to_build_on_wherever_it_comes_from(values: Making, name: str) -> None:
    text = f"jupyterhub: {{hub: {{image: {{name: {name}, tag: '1'}}}}}}"
    assert found(dynamic_images, values(text, asking=ASKING)) == [LACKING % name]


def test_it_is_the_image_of_a_hub_that_says_none(values: Making) -> None:
    assert found(dynamic_images, values(asking=ASKING)) == [LACKING % "quay.io/jupyterhub/k8s-hub"]


def test_an_image_of_ones_own_and_one_that_is_encrypted_may_have_it(values: Making) -> None:
    for name in ("registry.example.org/hub", ENCRYPTED):
        text = f"jupyterhub: {{hub: {{image: {{name: '{name}', tag: '1'}}}}}}"
        assert found(dynamic_images, values(text, asking=ASKING)) == []


def test_a_hub_that_builds_no_images_needs_none(values: Making) -> None:
    assert found(dynamic_images, values()) == []
