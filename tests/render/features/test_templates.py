from __future__ import annotations

import pytest

from deployer.fleet.model import Preset
from deployer.render.features.templates import values
from deployer.render.subject import Subject
from tests.render import fleets
from tests.render.features.asking import asked

IMAGE = "features: {templates: {image: 'quay.io/organisation/pages:2026.11', image_directory: /srv/pages/}}"
COPY = 'cp -RLf -- "$0/." "$1" && chmod -R u+w,a+rX "$1"/*'
VOLUME = {"name": "image-templates", "emptyDir": {"sizeLimit": "64Mi"}}
PLACE = "/usr/local/share/jupyterhub/image-templates"
MOUNT = {"name": "image-templates", "mountPath": PLACE, "readOnly": True}


def test_templates_become_files_and_their_directory_is_looked_at() -> None:
    place = "/usr/local/share/jupyterhub/community-templates"
    files = {"login.html": "log-in", "home.html": "home"}
    assert values(None, {"directory": "config/templates", "files": files}) == {  # type: ignore[arg-type]  # no hub is looked at
        "jupyterhub": {
            "custom": {"deployer": {"templates": {"community": place}}},
            "hub": {
                "extraFiles": {
                    "community-home.html": {"mountPath": f"{place}/home.html", "stringData": "home"},
                    "community-login.html": {"mountPath": f"{place}/login.html", "stringData": "log-in"},
                }
            },
        }
    }


def test_templates_of_an_image_are_copied_before_the_hub_starts() -> None:
    assert asked(IMAGE) == {
        "jupyterhub": {
            "custom": {"deployer": {"templates": {"image": PLACE}}},
            "hub": {
                "initContainers": [
                    {
                        "name": "image-templates",
                        "image": "quay.io/organisation/pages:2026.11",
                        "imagePullPolicy": "IfNotPresent",
                        "command": ["/bin/sh", "-c", COPY, "/srv/pages", "/copied"],
                        "volumeMounts": [{"name": "image-templates", "mountPath": "/copied"}],
                        "resources": {
                            "requests": {"cpu": "10m", "memory": "16Mi"},
                            "limits": {"cpu": "500m", "memory": "64Mi"},
                        },
                        "securityContext": {
                            "runAsUser": 1000,
                            "runAsGroup": 1000,
                            "runAsNonRoot": True,
                            "readOnlyRootFilesystem": True,
                            "allowPrivilegeEscalation": False,
                            "capabilities": {"drop": ["ALL"]},
                            "seccompProfile": {"type": "RuntimeDefault"},
                        },
                    }
                ],
                "extraVolumes": [VOLUME],
                "extraVolumeMounts": [MOUNT],
            },
        }
    }


def test_an_image_has_its_templates_in_a_place_that_is_known_without_saying() -> None:
    hub = asked("features: {templates: {image: 'pages:1'}}")["jupyterhub"]["hub"]
    assert hub["initContainers"][0]["command"][3] == "/templates"


def test_a_hub_may_have_files_of_its_own_beside_an_image() -> None:
    settings = {"directory": "a", "files": {"home.html": "home"}, "image": "pages:1", "image_directory": "/a"}
    found = values(_subject(), settings)["jupyterhub"]
    community = "/usr/local/share/jupyterhub/community-templates"
    assert found["custom"]["deployer"]["templates"] == {"community": community, "image": PLACE}
    assert found["hub"]["extraFiles"] == {
        "community-home.html": {"mountPath": f"{community}/home.html", "stringData": "home"}
    }
    assert found["hub"]["extraVolumes"] == [VOLUME]


@pytest.mark.parametrize(
    ("presets", "kept"),
    [
        (["[{name: a}]"], [{"name": "a"}]),
        (["[{name: a}]", "[{name: b}]"], [{"name": "b"}]),
        (["[{name: a}]", "null"], []),
        (["[{name: a}]", None], [{"name": "a"}]),
    ],
    ids=["one", "the stronger", "taken away", "says nothing"],
)
def test_what_presets_have_in_the_lists_stays(presets: list[str | None], kept: list[dict[str, str]]) -> None:
    texts = [each and f"jupyterhub: {{hub: {{extraVolumes: {each}}}}}" for each in presets]
    hub = values(_subject(*texts), {"image": "pages:1", "image_directory": "/a"})["jupyterhub"]["hub"]
    assert hub["extraVolumes"] == [*kept, VOLUME]
    assert hub["extraVolumeMounts"] == [MOUNT]


def _subject(*presets: str | None) -> Subject:
    found = tuple(
        Preset(name="one", description="One", document=fleets.document(text or "{}")) for text in presets
    )
    hub = fleets.hub(presets=found)
    return Subject(
        cluster=fleets.cluster("aws", hub), hub=hub, host=hub.domain, own={}, said={}, hub_python={}
    )
