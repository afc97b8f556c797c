"""What a hub's login provider has to know."""

from __future__ import annotations

import pytest
from ltiauthenticator.lti13.auth import LTI13Authenticator

from deployer.render.callbacks import callback_urls
from tests.render.fleets import cluster

LTI13 = "ltiauthenticator.lti13.auth.LTI13Authenticator"


@pytest.mark.parametrize(
    ("authenticator", "base", "urls"),
    [
        ("github", "/", {"callback": "https://h.org/hub/oauth_callback"}),
        ("our.package:OurOAuthenticator", "/a/", {"callback": "https://h.org/a/hub/oauth_callback"}),
        (
            LTI13,
            "/",
            {
                "login": "https://h.org/hub/lti13/oauth_login",
                "callback": "https://h.org/hub/lti13/oauth_callback",
                "config": "https://h.org/hub/lti13/config",
            },
        ),
        ("tmp", "/", {}),
        ("jupyterhub.authenticators.shared.SharedPasswordAuthenticator", "/", {}),
        (None, "/", {}),
    ],
)
def test_the_addresses_follow_host_and_base_url(
    authenticator: str | None, base: str, urls: dict[str, str]
) -> None:
    hub = {"baseUrl": base, "config": {"JupyterHub": {"authenticator_class": authenticator}}}
    assert callback_urls(cluster("gcp"), "h.org", {"jupyterhub": {"hub": hub}}) == urls
    assert callback_urls(cluster("local"), "h.org", {"jupyterhub": {"hub": hub}}) == {}


def test_learning_platforms_are_answered_where_it_is_said() -> None:
    """The paths are those that the real authenticator has."""
    hub = {"config": {"JupyterHub": {"authenticator_class": LTI13}}}
    urls = callback_urls(cluster("gcp"), "h.org", {"jupyterhub": {"hub": hub}})
    made, base = LTI13Authenticator(), "https://h.org/hub"
    assert urls == {
        "login": made.login_url(base),
        "callback": made.callback_url(base),
        "config": made.config_json_url(base),
    }
