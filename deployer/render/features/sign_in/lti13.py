"""LTI 1.3: a learning platform, from which people come to the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features.sign_in.way import Way, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_CANVAS = {
    "issuer": "https://canvas.instructure.com",
    "authorize_url": "https://sso.canvaslms.com/api/lti/authorize_redirect",
    "jwks_endpoint": "https://sso.canvaslms.com/api/lti/security/jwks",
}
"""The same for all institutions that Instructure runs Canvas for, as its guide to LTI keys has them."""

_TRAITS = {
    "issuer": "issuer",
    "authorize_url": "authorize_url",
    "jwks_url": "jwks_endpoint",
    "client_ids": "client_id",
}


def way(subject: Subject, settings: Mapping[str, Any]) -> Way:
    """Return how people come from a learning platform."""
    return Way(
        # By its class: it is not registered under any name.
        authenticator="ltiauthenticator.lti13.auth.LTI13Authenticator",
        section="LTI13Authenticator",
        traits={
            **_of_platform(settings),
            **said(settings, _TRAITS),
            "username_key": settings.get("username_claim", "email"),
            # What proxies say on the way differs; people reach the hub by this one.
            **({} if subject.local else {"uri_scheme": "https"}),
        },
        account=("sub",),
    )


def _of_platform(settings: Mapping[str, Any]) -> dict[str, str]:
    match settings["platform"]:
        case "canvas":
            return dict(_CANVAS)
        case "moodle":
            # As Moodle's own openid-configuration has them.
            url = settings.get("url", "").rstrip("/")
            pages = {"authorize_url": "auth.php", "jwks_endpoint": "certs.php"}
            return {"issuer": url, **{trait: f"{url}/mod/lti/{page}" for trait, page in pages.items()}}
        case _:
            return {}
