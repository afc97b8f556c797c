"""The mounts that a real KubeSpawner gives to people of each kind."""

from __future__ import annotations

import asyncio

import pytest
from traitlets.config import Config

from tests.hub.spawners import person, spawner_of
from tests.render.features.asking import asked

COURSES = """
features:
  shared_directories:
    directories:
      shared: {}
      scratch: {writers: everybody}
      biology: {readers: [biology], writers: [biology-instructors]}
"""


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], {"shared": True, "scratch": False}),
        (["chemistry"], {"shared": True, "scratch": False}),
        (["biology"], {"shared": True, "scratch": False, "biology": True}),
        (["biology-instructors"], {"shared": True, "scratch": False, "biology": False}),
        (["biology", "biology-instructors"], {"shared": True, "scratch": False, "biology": False}),
    ],
)
@pytest.mark.usefixtures("run")
def test_somebody_gets_what_their_groups_may_read_and_write(
    groups: list[str], expected: dict[str, bool]
) -> None:
    """`expected` has the directories that somebody gets, and whether each is read-only."""
    values = asked(COURSES)["jupyterhub"]
    config = Config(KubeSpawner=values["hub"]["config"]["KubeSpawner"])
    config.KubeSpawner.volume_mounts = dict(values["singleuser"]["storage"]["extraVolumeMounts"])
    spawner = spawner_of(person("ada", *groups), config)
    asyncio.run(spawner.apply_group_overrides())
    got = {
        each["mountPath"].removeprefix("/home/jovyan/"): each["readOnly"]
        for each in spawner.volume_mounts.values()
    }
    assert got == expected
