"""The schemas of Kubernetes: which there are, and that both validators agree about them."""

from __future__ import annotations

import random

import pytest

from deployer.fleet.manifests import objects
from deployer.rules.manifests.schemas import api, known_versions
from tests.rules.manifests.breaking import MORE, broken
from tests.rules.manifests.making import DEPLOYMENT


def test_there_are_schemas_of_every_version_that_the_charts_take() -> None:
    assert {28, 29, 30, 31, 32, 33, 34, 35, 36, 37} <= set(known_versions())
    assert list(known_versions()) == sorted(known_versions())


@pytest.mark.parametrize("minor", known_versions())
def test_every_version_has_its_groups_and_takes_plain_objects(minor: int) -> None:
    served = api(minor)
    assert served.minor == minor
    assert {"", "apps", "batch", "networking.k8s.io", "policy"} <= served.groups
    for thing in objects(DEPLOYMENT + MORE):
        assert served.fits((thing["apiVersion"], thing["kind"]), thing), thing


def test_the_newest_version_of_a_kind_is_the_most_stable() -> None:
    assert api(34).newest("HorizontalPodAutoscaler") == "autoscaling/v2"
    assert api(34).newest("VolumeAttributesClass", "storage.k8s.io") == "storage.k8s.io/v1"
    assert api(34).newest("VolumeAttributesClass", "apps") is None


@pytest.mark.parametrize("seed", range(20))
def test_there_are_words_for_whatever_does_not_fit(seed: int) -> None:
    """The fast validator decides; the other one, on other schemas, must find the same wrong."""
    chance = random.Random(seed)
    served = api(34)
    for thing in objects(DEPLOYMENT + MORE):
        kind = (thing["apiVersion"], thing["kind"])
        for _ in range(20):
            changed = broken(thing, chance)
            told = list(served.violations(kind, changed))
            assert served.fits(kind, changed) == (told == []), (changed, told)
