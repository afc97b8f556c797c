"""What of a way of logging in must be encrypted."""

from __future__ import annotations

import pytest

from deployer.operations.new.sign_in import secret

CLIENT = ("client_id", "client_secret")


@pytest.mark.parametrize(
    ("kind", "of", "admins", "section", "keys"),
    [
        ("github", "", False, "GitHubOAuthenticator", CLIENT),
        ("cilogon", "", True, "CILogonOAuthenticator", CLIENT),
        ("oidc", "keycloak", False, "GenericOAuthenticator", CLIENT),
        ("oidc", "auth0", False, "Auth0OAuthenticator", CLIENT),
        ("shared-password", "", False, "SharedPasswordAuthenticator", ("user_password",)),
        ("shared-password", "", True, "SharedPasswordAuthenticator", ("user_password", "admin_password")),
        ("lti13", "canvas", False, "", ()),
        ("native", "", True, "", ()),
        ("temporary", "", False, "", ()),
    ],
)
def test_secrets_are_named_by_the_class_that_has_them(
    kind: str, of: str, admins: bool, section: str, keys: tuple[str, ...]
) -> None:
    paths = tuple(f"jupyterhub.hub.config.{section}.{key}" for key in keys)
    assert secret(kind, of=of, admins=admins) == paths
