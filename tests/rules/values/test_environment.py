"""Environment variables of users' servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.environment import server_environment
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making


def test_numbers_and_booleans_are_refused_also_in_profiles(values: Making) -> None:
    override = "kubespawner_override: {environment: {B: true}}"
    release = values(
        f"""\
        jupyterhub:
          singleuser:
            extraEnv: {{A: 0}}
            profileList:
              - {{display_name: P, {override}}}
              - {{display_name: Q, profile_options: {{o: {{choices: {{c: {{{override}}}}}}}}}}}
        """
    )
    assert found(server_environment, release) == [
        "1:3:16: `A` must be text, not a number: put it in quotes",
        "1:5:64: `B` must be text, not `true` or `false`: put it in quotes",
        "1:6:100: `B` must be text, not `true` or `false`: put it in quotes",
    ]


@pytest.mark.parametrize("variables", ["{A: '1', B: null, C: {valueFrom: {}}}", "[{name: A, value: 1}]", "3"])
def test_text_and_what_other_objects_hold_is_right(values: Making, variables: str) -> None:
    release = values(f"jupyterhub: {{singleuser: {{extraEnv: {variables}}}}}")
    assert found(server_environment, release) == []


def test_nothing_is_said_of_encrypted_variables(values: Making) -> None:
    text = f"jupyterhub: {{singleuser: {{extraEnv: {{A: '{ENCRYPTED}'}}}}}}\nsops: {{version: 1}}\n"
    assert found(server_environment, values(text)) == []


@pytest.mark.filterwarnings("ignore:metadata:DeprecationWarning")
@pytest.mark.parametrize("value", [1, 1.5, True])
def test_kubespawner_makes_no_pod_with_them(value: object) -> None:
    from kubespawner.objects import make_pod

    with pytest.raises(TypeError):
        make_pod(name="a", cmd=[], port=1, image="a", image_pull_policy="Always", env={"A": value})
