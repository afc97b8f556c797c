"""Learning platforms, with the real LTI13Authenticator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.render.features.asking import asked
from tests.render.features.sign_in.logging_in import authenticator, let_in

CUSTOM = "https://purl.imsglobal.org/spec/lti/claim/custom"


def of(text: str, **making: Any) -> dict[str, Any]:
    config: dict[str, Any] = asked(f"auth: {{type: lti13, {text}}}", **making)["jupyterhub"]["hub"]["config"]
    return config


def test_canvas_is_the_same_for_all_of_its_institutions() -> None:
    assert of("platform: canvas, client_ids: ['1259']") == {
        "JupyterHub": {"authenticator_class": "ltiauthenticator.lti13.auth.LTI13Authenticator"},
        "Authenticator": {"allow_all": True, "admin_users": []},
        "LTI13Authenticator": {
            "issuer": "https://canvas.instructure.com",
            "authorize_url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
            "jwks_endpoint": "https://sso.canvaslms.com/api/lti/security/jwks",
            "client_id": ["1259"],
            "username_key": "email",
            "uri_scheme": "https",
        },
    }


def test_the_addresses_of_moodle_follow_from_its_own() -> None:
    config = of("platform: moodle, url: 'https://moodle.example.edu/', client_ids: [a]", provider="local")
    assert config["LTI13Authenticator"] == {
        "issuer": "https://moodle.example.edu",
        "authorize_url": "https://moodle.example.edu/mod/lti/auth.php",
        "jwks_endpoint": "https://moodle.example.edu/mod/lti/certs.php",
        "client_id": ["a"],
        "username_key": "email",
    }


OTHER = """
auth:
  type: lti13
  issuer: https://lms.example.edu
  authorize_url: https://lms.example.edu/lti/authorize
  jwks_url: https://lms.example.edu/lti/keys
  client_ids: [hub, second-hub]
  username_claim: custom_login
  admins: [ada]
  blocked: [mallory]
"""


@pytest.mark.parametrize(
    ("text", "claims", "expected"),
    [
        (OTHER, {CUSTOM: {"login": "joan"}}, {"name": "joan", "admin": None}),
        (OTHER, {CUSTOM: {"login": "ada"}}, {"name": "ada", "admin": True}),
        (OTHER, {CUSTOM: {"login": "mallory"}}, None),
        (OTHER, {}, {"name": "4711", "admin": None}),
        (f"{OTHER}  users: [grace]", {CUSTOM: {"login": "joan"}}, None),
        (f"{OTHER}  users: [grace]", {CUSTOM: {"login": "grace"}}, {"name": "grace", "admin": None}),
        (f"{OTHER}  everybody: false", {CUSTOM: {"login": "joan"}}, None),
    ],
    ids=["sent", "admin", "blocked", "name not told", "not named", "named", "nobody"],
)
def test_whom_the_platform_sends_is_let_in_unless_names_say_who(
    monkeypatch: pytest.MonkeyPatch, text: str, claims: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    made = authenticator(monkeypatch, text, secrets={})
    assert made.client_id == {"hub", "second-hub"}
    assert let_in(made, None, {"sub": "4711", **claims}) == expected
