"""Groups of profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.profile_groups import RULES, profile_groups, unknown_group
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


def test_what_is_encrypted_is_not_compared(values: Making) -> None:
    text = f"{CONFIG.format(group=ENCRYPTED)}sops: {{version: 1}}\n"
    assert found(RULES, values(text)) == []
