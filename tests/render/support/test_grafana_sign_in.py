"""Who may log in to Grafana, by the expression that Grafana evaluates."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest

from deployer.fleet.model import Organisation
from deployer.render.support.grafana_sign_in import grafana_sign_in
from deployer.render.support.subject import SupportSubject
from tests.render import fleets

STAFF = Organisation(staff={"github": ("ana",), "google": ("ana@example.org",)})
APPLICATION = {"client_id": "id", "client_secret": "marker"}


def asked(organisation: Organisation = STAFF, **said: Any) -> dict[str, Any]:
    cluster = fleets.cluster("gcp", organisation=organisation)
    return grafana_sign_in(SupportSubject(cluster=cluster, own={"grafanaSignIn": said}))


def role(section: str, known: dict[str, Any], organisation: Organisation = STAFF, **said: Any) -> Any:
    """Return the role of somebody, None where Grafana finds none and refuses."""
    found = asked(organisation, **said)["grafana"]["grafana.ini"][section]
    assert found["role_attribute_strict"]
    return jmespath.search(found["role_attribute_path"], known) or None


def test_github_is_told_of_staff_and_the_secret_is_nowhere() -> None:
    assert asked(github=APPLICATION) == {
        "grafana": {
            "grafana.ini": {
                "auth.github": {
                    "enabled": True,
                    "allow_sign_up": True,
                    "allow_assign_grafana_admin": True,
                    "role_attribute_strict": True,
                    "role_attribute_path": "(login == 'ana') && 'GrafanaAdmin'",
                    "scopes": "user:email,read:org",
                }
            },
            "envFromSecrets": [{"name": "grafana-sign-in"}],
        }
    }


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"login": "ana"}, "GrafanaAdmin"),
        ({"login": "ben"}, "GrafanaAdmin"),
        ({"login": "eve"}, "Viewer"),
        ({"login": "dan", "groups": ["@org/funders", "https://github.com/orgs/org/teams/funders"]}, "Viewer"),
        ({"login": "dan", "groups": ["@other/funders"]}, None),
        ({"login": "dan"}, None),
    ],
)
def test_people_of_github_have_the_role_they_are_named_for(
    known: dict[str, Any], expected: str | None
) -> None:
    said = {**APPLICATION, "admins": ["ben"], "viewers": ["eve"], "teams": ["org/funders"]}
    assert role("auth.github", known, github=said) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [({"email": "ana@example.org"}, "GrafanaAdmin"), ({"email": "o'neil@example.org"}, "Viewer"), ({}, None)],
)
def test_people_of_google_are_known_by_their_address(known: dict[str, Any], expected: str | None) -> None:
    said = {**APPLICATION, "viewers": ["o'neil@example.org"]}
    assert role("auth.google", known, google=said) == expected


def test_a_provider_of_ones_own_tells_groups_by_its_claim() -> None:
    said = {
        **APPLICATION,
        "authorize_url": "https://id.example.org/authorize",
        "token_url": "https://id.example.org/token",
        "userdata_url": "https://id.example.org/userinfo",
        "label": "Example",
        "groups_claim": "realm.groups",
        "groups": ["operators"],
    }
    section = asked(oidc=said)["grafana"]["grafana.ini"]["auth.generic_oauth"]
    assert {key: section[key] for key in ("auth_url", "token_url", "api_url", "name", "scopes")} == {
        "auth_url": "https://id.example.org/authorize",
        "token_url": "https://id.example.org/token",
        "api_url": "https://id.example.org/userinfo",
        "name": "Example",
        "scopes": "openid email profile",
    }
    assert role("auth.generic_oauth", {"realm": {"groups": ["operators"]}}, oidc=said) == "Viewer"
    assert role("auth.generic_oauth", {"email": "x", "realm": {"groups": []}}, oidc=said) is None


def test_nobody_is_let_in_where_nobody_is_named() -> None:
    assert role("auth.github", {"login": "ana"}, Organisation(), github=APPLICATION) is None


def test_without_it_there_is_only_the_account_of_the_chart() -> None:
    assert asked() == {}
