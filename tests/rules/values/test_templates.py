"""Templates of an image, beside lists of the hub's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.templates import templates_image
from tests.rules.values.making import found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

IMAGE = "features: {templates: {image: 'pages:1'}}"
VOLUME = '{"name": "image-templates", "emptyDir": {"sizeLimit": "64Mi"}}'
OWN = "jupyterhub: {hub: {extraVolumes: [{name: own}]}}"
ADVICE = "write yours into a preset, whose list stays, or add this to it:"


def told(text: str) -> str:
    return f"`jupyterhub.hub.{text}` takes the place of the list that `templates` makes: {ADVICE}"


def test_a_list_of_the_hubs_own_file_is_told_with_what_it_lacks(values: Making) -> None:
    assert found(templates_image, values(OWN, asking=IMAGE)) == [f"1:1:20: {told('extraVolumes')} {VOLUME}"]


@pytest.mark.parametrize("key", ["initContainers", "extraVolumes", "extraVolumeMounts"])
@pytest.mark.parametrize("value", ["[]", "null", "[{name: image-templates}]"])
def test_each_of_the_lists_has_its_entry_as_it_is(values: Making, key: str, value: str) -> None:
    (message,) = found(templates_image, values(f"jupyterhub: {{hub: {{{key}: {value}}}}}", asking=IMAGE))
    assert message.startswith(f"1:1:20: {told(key)} {{")


@pytest.mark.parametrize(
    ("texts", "asking"),
    [
        ([], IMAGE),
        ([f"jupyterhub: {{hub: {{extraVolumes: [{{name: own}}, {VOLUME}]}}}}"], IMAGE),
        ([OWN], "features: {templates: {directory: templates}}"),
        ([OWN], "{}"),
    ],
    ids=["no other list", "the entry is in it", "no image", "no templates"],
)
def test_nothing_is_told_when_all_is_there(values: Making, texts: list[str], asking: str) -> None:
    assert found(templates_image, values(*texts, asking=asking)) == []


def test_a_list_of_a_preset_stays(values: Making) -> None:
    hub = values(preset=OWN, asking=IMAGE)
    assert found(templates_image, hub) == []
    volumes = hub.value("jupyterhub", "hub", "extraVolumes")
    assert [each["name"] for each in volumes] == ["own", "image-templates"]


def test_a_directory_in_no_image_is_told(values: Making) -> None:
    asking = "features: {templates: {directory: templates, image_directory: /templates}}"
    message = "`templates` has an `image_directory` and no `image` that it is in"
    assert found(templates_image, values(asking=asking)) == [f"asking:1:46: {message}"]
