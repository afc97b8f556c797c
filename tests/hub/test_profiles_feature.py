"""What the feature `profiles` offers, asked of a KubeSpawner with the filter of groups before it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from traitlets.config import Config

from tests.hub.spawners import person, spawner_of
from tests.render.features.asking import asked

if TYPE_CHECKING:
    from kubespawner import KubeSpawner

    from tests.hub.conftest import Run
    from tests.hub.spawners import Person

GIB = 2**30
FEATURE = """
features:
  profiles:
    layout: {layout}
    images:
      python: {{display_name: Python, image: "py:1"}}
      r: {{display_name: R, image: "r:1", opens: rstudio, groups: [r-users]}}
    unlisted_image: {{groups: [builders]}}
    servers:
      - {{memory_gb: 2}}
      - {{memory_gb: 16, most_memory_gb: 20, cpu: 1, most_cpu: 4, groups: [large]}}
    gpus:
      t4: {{machine: g4dn.12xlarge, count: 2, groups: [ml]}}
"""


def spawner(someone: Person, layout: str, **options: Any) -> KubeSpawner:
    values = asked(FEATURE.format(layout=layout))["jupyterhub"]["singleuser"]
    config = Config({"KubeSpawner": {"profile_list": values["profileList"], "node_selector": {"a": "b"}}})
    return spawner_of(someone, config, **options)


def started(run: Run, someone: Person, layout: str = "one", **options: Any) -> KubeSpawner:
    run("profile_groups")
    found = spawner(someone, layout, **options)
    asyncio.run(found.load_user_options())
    return found


def test_without_a_choice_it_is_the_first_image_and_the_smallest_size(run: Run) -> None:
    found = started(run, person("alice"))
    assert (found.image, found.mem_guarantee, found.mem_limit) == ("py:1", 2 * GIB, 2 * GIB)
    assert found.node_selector == {"a": "b"}


def test_a_choice_of_both_menus_is_what_the_server_gets(run: Run) -> None:
    someone = person("alice", "r-users", "large")
    found = started(run, someone, profile="server", image="r", size="mem_16_0")
    assert (found.image, found.default_url) == ("r:1", "/rstudio")
    assert (found.mem_guarantee, found.mem_limit) == (16 * GIB, 20 * GIB)
    assert (found.cpu_guarantee, found.cpu_limit) == (1, 4)


def test_in_several_profiles_the_size_is_the_profile_and_the_image_its_option(run: Run) -> None:
    found = started(run, person("alice", "large", "r-users"), "several", profile="mem-16-0", image="r")
    assert (found.image, found.mem_limit) == ("r:1", 20 * GIB)
    assert started(run, person("bob"), "several").mem_limit == 2 * GIB
    with pytest.raises(ValueError, match="No such profile: mem-16-0"):
        started(run, person("bob"), "several", profile="mem-16-0")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"profile": "gpu-t4"}, ValueError),
        ({"profile": "server", "size": "mem_16_0"}, KeyError),
        ({"profile": "server", "image": "r"}, KeyError),
        ({"profile": "server", "image--unlisted-choice": "own:1"}, ValueError),
    ],
)
def test_what_is_for_groups_is_refused_to_others(
    run: Run, options: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        started(run, person("alice"), **options)


@pytest.mark.parametrize("image", ["quay.io/a/b:1", "quay.io:5000/a/b@sha256:00"])
def test_builders_may_type_in_an_image(run: Run, image: str) -> None:
    chosen = {"profile": "server", "image--unlisted-choice": image}
    assert started(run, person("alice", "builders"), **chosen).image == image


@pytest.mark.parametrize("image", ["quay.io/a/b", "a b:1", "quay.io:5000/a"])
def test_what_is_no_image_with_a_tag_is_refused(run: Run, image: str) -> None:
    with pytest.raises(ValueError, match="failed validation regex"):
        started(run, person("alice", "builders"), profile="server", **{"image--unlisted-choice": image})


def test_a_server_with_gpus_asks_for_them_on_their_machine(run: Run) -> None:
    found = started(run, person("alice", "ml"), profile="gpu-t4")
    assert found.extra_resource_limits == {"nvidia.com/gpu": "2"}
    assert found.node_selector == {"a": "b", "node.kubernetes.io/instance-type": "g4dn.12xlarge"}
    assert [each["key"] for each in found.tolerations] == [
        "hub.jupyter.org/dedicated",
        "hub.jupyter.org_dedicated",
        "nvidia.com/gpu",
    ]
    assert found.environment["NVIDIA_DRIVER_CAPABILITIES"] == "compute,utility"


def test_the_form_shows_a_person_what_is_theirs(run: Run) -> None:
    run("profile_groups")
    shown = {}
    for group in ("nobody", "ml", "large"):
        asking = spawner(person("alice", group), "one")
        form = asyncio.run(asking.options_form(asking))
        shown[group] = [word for word in ("Python", "2 GB RAM", "20 GB RAM", "T4 GPUs") if word in form]
    assert shown == {
        "nobody": ["Python", "2 GB RAM"],
        "ml": ["Python", "2 GB RAM", "T4 GPUs"],
        "large": ["Python", "2 GB RAM", "20 GB RAM"],
    }
