"""What the health check is told to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.model import HealthCheck
from deployer.rules.values.health import RULES, health_image, health_profile, health_timeout
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

CLUSTER = "hubs:\n  - health:\n      profile: any\n      image: any\n"
PROFILES = """\
jupyterhub:
  singleuser:
    profileList:
      - display_name: Small Server
      - display_name: Any image
        slug: any
        default: true
        profile_options:
          image:
            display_name: Image
            unlisted_choice: {enabled: true, validation_regex: "^quay.io/.+:.+$"}
"""
PYTHON = "jupyterhub: {hub: {extraConfig: {a: 'c.KubeSpawner.profile_list = []'}}}"


@pytest.mark.parametrize(
    ("slug", "advice"), [("smal-server", "did you mean `small-server`?"), ("x", "known: small-server, any")]
)
def test_a_profile_is_one_of_the_list(values: Making, slug: str, advice: str) -> None:
    release = values(PROFILES, cluster=CLUSTER, health=HealthCheck(profile=slug))
    assert found(health_profile, release) == [f"cluster:3:7: no profile has the slug `{slug}`; {advice}"]


def test_a_profile_takes_a_list(values: Making) -> None:
    release = values(cluster=CLUSTER, health=HealthCheck(profile="x"))
    assert found(health_profile, release) == ["cluster:3:7: no profile has the slug `x`; there is none"]


@pytest.mark.parametrize("profile", [None, "any"])
def test_an_image_matches_the_pattern(values: Making, profile: str | None) -> None:
    release = values(PROFILES, cluster=CLUSTER, health=HealthCheck(profile=profile, image="a/b:1"))
    message = "this image does not match `validation_regex` of the profile"
    assert found(health_image, release) == [f"cluster:4:7: {message}"]


def test_an_image_takes_a_free_field(values: Making) -> None:
    check = HealthCheck(profile="small-server", image="quay.io/a/b:1")
    release = values(PROFILES, cluster=CLUSTER, health=check)
    message = "no image can be filled in: that takes a profile whose option `image` has `unlisted_choice`"
    assert found(health_image, release) == [f"cluster:4:7: {message}"]


def test_what_can_be_chosen_is_fine(values: Making) -> None:
    check = HealthCheck(profile="any", image="quay.io/a/b:1")
    assert found(RULES, values(PROFILES, cluster=CLUSTER, health=check)) == []


def test_nothing_is_said_when_python_makes_the_list(values: Making) -> None:
    check = HealthCheck(profile="other", image="other")
    assert found(RULES, values(PROFILES, PYTHON, cluster=CLUSTER, health=check)) == []


def test_a_hub_is_no_more_patient_than_its_check(values: Making) -> None:
    text = "jupyterhub: {singleuser: {startTimeout: 900}}"
    patience = "servers may take 900 s to start and the health check waits 600 s"
    advice = "raise the hub's `health.timeout` in cluster.yaml"
    assert found(health_timeout, values(text)) == [f"1:1:27: {patience}: {advice}"]
    assert found(health_timeout, values(text, health=HealthCheck(timeout=900))) == []


@pytest.mark.parametrize("value", ["600", "[]", "null", ENCRYPTED])
def test_other_times_are_fine(values: Making, value: str) -> None:
    text = f"{{jupyterhub: {{singleuser: {{startTimeout: '{value}'}}}}, sops: {{version: 1}}}}"
    assert found(RULES, values(text)) == []


def test_a_short_check_of_a_hub_that_says_nothing_is_meant(values: Making) -> None:
    assert found(RULES, values(health=HealthCheck(timeout=60))) == []
