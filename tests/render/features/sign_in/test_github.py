"""GitHub, with the real GitHubOAuthenticator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.render.features.asking import asked
from tests.render.features.sign_in.logging_in import STAFF, authenticator, log_in

if TYPE_CHECKING:
    from collections.abc import Mapping

API = "https://api.github.com"
TOKEN = {"access_token": "t", "token_type": "bearer", "scope": "read:org"}


def github(login: str, *, teams: tuple[str, ...] = (), member_of: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """What GitHub says about a person, who is also in teams of an organisation that is nobody's business."""
    organizations = ["orgs/example-org", "orgs/other-org/teams/pilots"]
    listed = [*(team.split(":") for team in teams), ("elsewhere", "secret-club")]
    return {
        "https://github.com/login/oauth/access_token": TOKEN,
        f"{API}/user": {"login": login, "id": 4711, "email": f"{login}@example.org"},
        f"{API}/user/teams?per_page=100": [
            {"organization": {"login": organization}, "slug": team} for organization, team in listed
        ],
        **{
            f"{API}/{each}/members/{login.lower()}": 204 if each in member_of else 404
            for each in organizations
        },
    }


def test_the_values_ask_github_for_what_is_needed_and_no_more() -> None:
    text = "auth: {type: github, organizations: [example-org], users: [grace], admins: [ada], blocked: [eve]}"
    assert asked(text) == {
        "jupyterhub": {
            "hub": {
                "config": {
                    "JupyterHub": {"authenticator_class": "github"},
                    "Authenticator": {
                        "allow_all": False,
                        "admin_users": ["ada"],
                        "allowed_users": ["grace"],
                        "blocked_users": ["eve"],
                    },
                    "GitHubOAuthenticator": {
                        "allowed_organizations": ["example-org"],
                        "scope": ["read:org"],
                        "populate_teams_in_auth_state": False,
                        "manage_groups": False,
                        "enable_auth_state": False,
                    },
                }
            }
        }
    }


def test_teams_are_told_to_the_hub_by_name_where_they_are_groups() -> None:
    text = """
    auth:
      type: github
      url: https://git.example.edu
      organizations: [example-org]
      admin_groups: [example-org:leads]
      groups: true
      scope: [gist, read:org]
      staff: true
    """
    assert asked(text, organisation=STAFF) == {
        "jupyterhub": {
            "hub": {
                "config": {
                    "JupyterHub": {"authenticator_class": "github"},
                    "Authenticator": {"allow_all": False, "admin_users": []},
                    "GitHubOAuthenticator": {
                        "github_url": "https://git.example.edu",
                        "allowed_organizations": ["example-org"],
                        "scope": ["read:org", "gist"],
                        "populate_teams_in_auth_state": True,
                        "manage_groups": True,
                        "enable_auth_state": False,
                        "admin_groups": ["example-org:leads"],
                    },
                }
            },
            "custom": {
                "deployer": {
                    "sign_in": {
                        "authenticator": "GitHubOAuthenticator",
                        "groups": {"teams": ["example-org", "example-org:leads"]},
                    },
                    "staff": ["hub-ada"],
                }
            },
        }
    }


TEXT = """
auth:
  type: github
  organizations: [example-org, other-org:pilots]
  users: [grace]
  admins: [ada]
  blocked: [mallory]
  staff: true
"""


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (github("Joan", member_of=("orgs/example-org",)), {"name": "joan", "admin": None}),
        (github("joan", member_of=("orgs/other-org/teams/pilots",)), {"name": "joan", "admin": None}),
        (github("grace"), {"name": "grace", "admin": None}),
        (github("ada"), {"name": "ada", "admin": True}),
        (github("hub-ada"), {"name": "hub-ada", "admin": True}),
        (github("joan"), None),
        (github("mallory", member_of=("orgs/example-org",)), None),
    ],
    ids=["organisation", "team", "named", "admin", "staff", "stranger", "blocked"],
)
def test_members_named_people_admins_and_staff_are_let_in(
    monkeypatch: pytest.MonkeyPatch, person: Mapping[str, Any], expected: dict[str, Any] | None
) -> None:
    assert log_in(authenticator(monkeypatch, TEXT), person) == expected


def test_teams_of_the_hub_s_organisations_are_groups_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "auth: {type: github, organizations: [Example-Org, other-org:pilots], groups: true}"
    person = github(
        "joan",
        teams=("example-org:physics", "other-org:pilots", "other-org:rest"),
        member_of=("orgs/other-org/teams/pilots",),
    )
    answers = {**person, f"{API}/orgs/Example-Org/members/joan": 404}
    assert log_in(authenticator(monkeypatch, text), answers) == {
        "name": "joan",
        "admin": None,
        "groups": ["example-org:physics", "other-org:pilots"],
    }


@pytest.mark.parametrize(("teams", "admin"), [(("example-org:leads",), True), ((), False)])
def test_a_team_may_make_admins(
    monkeypatch: pytest.MonkeyPatch, teams: tuple[str, ...], *, admin: bool
) -> None:
    text = "auth: {type: github, users: [joan], admin_groups: [example-org:leads]}"
    person = log_in(authenticator(monkeypatch, text), github("joan", teams=teams))
    assert person == {"name": "joan", "admin": admin, "groups": list(teams)}


def test_everybody_may_be_let_in_with_an_enterprise_s_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    made = authenticator(monkeypatch, "auth: {type: github, url: 'https://git.example.edu', everybody: true}")
    assert made.authorize_url == "https://git.example.edu/login/oauth/authorize"
    answers = {
        "https://git.example.edu/login/oauth/access_token": TOKEN,
        "https://git.example.edu/api/v3/user": {"login": "joan", "id": 1, "email": "joan@example.edu"},
    }
    assert log_in(made, answers) == {"name": "joan", "admin": None}
