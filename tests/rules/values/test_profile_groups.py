"""Groups of profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.profile_groups import RULES, no_groups, profile_groups, unknown_group
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making


def test_groups_are_lists_of_text(values: Making) -> None:
    text = """\
    jupyterhub:
      singleuser:
        profileList:
          - display_name: A
            allowed_groups: staff
            profile_options:
              o:
                choices:
                  a: {allowed_teams: [staff, 2026]}
                unlisted_choice: {enabled: true, allowed_groups: {staff: true}}
    """
    assert found(profile_groups, values(text)) == [
        "1:5:9: `allowed_groups` must be a list: put `- ` before each group",
        "1:9:42: `allowed_teams` must hold text: put the group in quotes",
        "1:10:46: `allowed_groups` must be a list: put `- ` before each group",
    ]


CONFIG = """\
jupyterhub:
  hub:
    config:
      JupyterHub: {{load_groups: {{lecturers-of-all: []}}}}
      GitHubOAuthenticator: {{allowed_organizations: ["example:hub-access", "example:team-a"]}}
    loadRoles: {{one: {{groups: ["assistants"]}}}}
  singleuser:
    profileList:
      - {{display_name: A, allowed_groups: ["{group}"]}}
"""


@pytest.mark.parametrize(
    ("group", "meant"),
    [
        ("example:hub-acess", "example:hub-access"),
        ("example:hub-acccess", "example:hub-access"),
        ("example:hub-accses", "example:hub-access"),
        ("example:hub_access", "example:hub-access"),
        ("lecturer-of-all", "lecturers-of-all"),
        ("assistant", "assistants"),
    ],
)
def test_a_misspelt_group_is_questioned(values: Making, group: str, meant: str) -> None:
    assert found(unknown_group, values(CONFIG.format(group=group))) == [
        f"1:9:44: no group `{group}` is named elsewhere: did you mean `{meant}`?"
    ]


@pytest.mark.parametrize(
    "group",
    ["Example:Hub-Access", "example:team-b", "example:team-a1", "example:team", "example:other", "staff", ""],
)
def test_groups_may_be_known_elsewhere(values: Making, group: str) -> None:
    assert found(unknown_group, values(CONFIG.format(group=group))) == []


NATIVE = "{JupyterHub: {authenticator_class: native}}"


@pytest.mark.parametrize(
    ("config", "roles", "told"),
    [
        (NATIVE, "{}", True),
        ("{JupyterHub: {authenticator_class: google}}", "{}", True),
        # Profiles for groups ask for teams by themselves (render/topics/people.py).
        ("{JupyterHub: {authenticator_class: github}}", "{}", False),
        ("{JupyterHub: {authenticator_class: google}, OAuthenticator: {manage_groups: true}}", "{}", False),
        ("{JupyterHub: {authenticator_class: native, load_groups: {physics: [ada]}}}", "{}", False),
        ("{JupyterHub: {authenticator_class: dummy}}", "{}", False),
        ("{JupyterHub: {authenticator_class: my.Own}}", "{}", False),
        (NATIVE, '{registrar: {scopes: ["groups!group=physics"], services: [registrar]}}', False),
        (NATIVE, "{registrar: {scopes: [list:users]}}", True),
    ],
)
def test_groups_come_from_somewhere(values: Making, config: str, roles: str, told: bool) -> None:
    text = f"""\
    jupyterhub:
      hub: {{config: {config}, loadRoles: {roles}}}
      singleuser: {{profileList: [{{display_name: A, allowed_groups: [physics]}}]}}
    """
    message = "the sign-in tells of no groups, so nobody is in these before an admin puts people in"
    assert found(no_groups, values(text)) == ([f"1:3:48: {message}"] if told else [])


def test_directories_and_hours_may_be_for_groups_too(values: Making) -> None:
    text = """\
    jupyterhub:
      hub:
        config:
          JupyterHub: {authenticator_class: native}
          KubeSpawner: {group_overrides: {a: {groups: [physics]}, b: {}}}
      custom: {deployer: {compute_quota: {groups: {physics: 3}}}}
    """
    assert [each[:8] for each in found(no_groups, values(text))] == ["1:5:39: "]
    without = text.replace("{a: {groups: [physics]}, b: {}}", "{}")
    assert [each[:8] for each in found(no_groups, values(without))] == ["1:6:39: "]


def test_what_is_encrypted_is_not_compared(values: Making) -> None:
    text = f"{CONFIG.format(group=ENCRYPTED)}sops: {{version: 1}}\n"
    assert found(RULES, values(text)) == []
