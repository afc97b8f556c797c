"""Images: their tags, wherever values name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.images import RULES, borrowed_tag, image_latest, image_number, image_tag
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

PLACES = """\
jupyterhub:
  hub:
    image: {{name: example.org/hub{tag}}}
    extraContainers:
      - {{name: side, image: "example.org/side{tag}"}}
  prePuller:
    extraImages:
      one: {{name: example.org/one{tag}}}
  singleuser:
    initContainers:
      - image: example.org/init{tag}
    profileList:
      - display_name: A
        kubespawner_override: {{image: "example.org/profile{tag}"}}
        profile_options:
          image:
            display_name: Image
            choices:
              b: {{display_name: B, kubespawner_override: {{image: "example.org/choice{tag}"}}}}
jupyterhub-home-nfs:
  nfsServer:
    image: {{repository: example.org/nfs{tag}}}
"""


def test_images_are_found_wherever_a_pod_has_one(values: Making) -> None:
    release = values(PLACES.format(tag=""))
    beside = "write `tag` beside it"
    assert found(borrowed_tag, release) == [
        f"1:3:13: the image `example.org/hub` takes the tag of the chart's own image: {beside}"
    ]
    assert found(image_tag, release) == [
        f"1:8:13: the image `example.org/one` has no tag: {beside}",
        f"1:22:13: the image `example.org/nfs` has no tag: {beside}",
    ]
    assert found(image_latest, release) == [
        "1:5:22: the image `example.org/side` has no tag: write `example.org/side:TAG`",
        "1:11:9: the image `example.org/init` has no tag: write `example.org/init:TAG`",
        "1:14:32: the image `example.org/profile` has no tag: write `example.org/profile:TAG`",
        "1:19:59: the image `example.org/choice` has no tag: write `example.org/choice:TAG`",
    ]


@pytest.mark.parametrize("tag", [":1.0", "@sha256:0123abcd", ":1.0@sha256:0123abcd"])
def test_a_tag_or_a_digest_is_enough_where_the_chart_has_none_to_add(values: Making, tag: str) -> None:
    release = values(PLACES.format(tag=tag))
    own = release.default("jupyterhub", "hub", "image", "tag")
    (line,) = found(RULES, release)
    assert line == (
        "1:3:13: the image `example.org/hub` has its version in its name, and the chart puts "
        f"`:{own}` behind it: write the version into `tag` beside it"
    )


def test_a_tag_behind_a_tag_is_refused(values: Making) -> None:
    text = "jupyterhub: {singleuser: {image: {name: 'example.org/a:1', tag: '2'}}}"
    (line,) = found(RULES, values(text))
    assert line.startswith(
        "1:1:35: the image `example.org/a` has its version in its name, and the chart puts `:2`"
    )


def test_the_digest_of_an_image_may_be_its_tag(values: Making) -> None:
    text = "jupyterhub: {singleuser: {image: {name: 'example.org/a@sha256', tag: '0123abcd'}}}"
    assert found(RULES, values(text)) == []


def test_a_port_is_no_tag(values: Making) -> None:
    text = "jupyterhub: {singleuser: {extraContainers: [{image: 'example.org:5000/side'}]}}"
    (line,) = found(image_latest, values(text))
    assert "`example.org:5000/side` has no tag" in line


def test_the_chart_s_own_image_from_another_registry_keeps_its_tag(values: Making) -> None:
    text = "jupyterhub: {hub: {image: {name: mirror.example.org/jupyterhub/k8s-hub}}}"
    assert found(RULES, values(text)) == []


def test_a_tag_may_come_from_a_stronger_file_or_from_nowhere(values: Making) -> None:
    name = "jupyterhub: {hub: {image: {name: example.org/hub}}}"
    assert found(RULES, values(name, "jupyterhub: {hub: {image: {tag: '1'}}}")) == []
    assert found(RULES, values(name, "jupyterhub: {hub: {image: {tag: null}}}")) == [
        "1:1:28: the image `example.org/hub` has no tag: write `tag` beside it"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "jupyterhub: {singleuser: {profileList: [{kubespawner_override: {image: '{value}'}}]}}",
        "jupyterhub: {singleuser: {profileList: [{profile_options: {image: {choices: {}}}}]}}",
        "jupyterhub: {custom: {image: example}, hub: {templateVars: {image: 'https://example.org/a.png'}}}",
        "jupyterhub: {hub: {image: [], extraContainers: [{image: 1}, {image: null}, 3]}}",
        f"{{jupyterhub: {{hub: {{image: {{name: '{ENCRYPTED}'}}}}}}, sops: {{version: 1}}}}",
        f"{{jupyterhub: {{hub: {{image: {{name: a/b, tag: '{ENCRYPTED}'}}}}}}, sops: {{version: 1}}}}",
    ],
    ids=["free field", "option", "not of pods", "wrong types", "encrypted name", "encrypted tag"],
)
def test_nothing_is_said_of_what_is_no_image_or_not_known(values: Making, text: str) -> None:
    assert found(RULES, values(text)) == []


def test_latest_is_questioned_where_it_is_written(values: Making) -> None:
    text = """\
    jupyterhub:
      singleuser:
        image:
          name: example.org/user
          tag: latest
        extraContainers: [{image: "example.org/side:latest"}, {image: "example.org/side:latest@sha256:0"}]
    """
    assert found(image_latest, values(text)) == [
        "1:5:7: the image `example.org/user` has the tag `latest`: choose one that stays what it is",
        "1:6:24: the image `example.org/side` has the tag `latest`: choose one that stays what it is",
    ]


def test_a_tag_of_digits_is_in_quotes(values: Making) -> None:
    text = """\
    jupyterhub:
      proxy: {chp: {image: {name: a/b, tag: 20260102}}}
      singleuser: {image: {name: a/b, tag: "20260102"}}
      hub: {image: {name: a/b, tag: true}}
      prePuller: {extraImages: {one: {name: a/b, tag: 0123}}}
    """
    assert found(image_number, values(text)) == [
        '1:2:36: the tag `20260102` is a number to Helm: put it in quotes: `"20260102"`'
    ]
