"""Sign-in for which the hub needs nobody else: accounts of its own, a password for all, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.features.sign_in.way import Way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_WAIT = 600


def native(_subject: Subject, settings: Mapping[str, Any]) -> Way:
    """Return how people log in with an account that they asked for.

    What NativeAuthenticator calls defaults of these traits are none: unsaid, each is 0 or off.
    """
    traits = {
        "enable_signup": settings["sign_up"],
        "open_signup": settings.get("everybody", False),
        "check_common_password": True,
        "minimum_password_length": settings["password_length"],
        "allowed_failed_logins": settings["failed_logins"],
        "seconds_before_next_try": _WAIT,
    }
    return Way(authenticator="native", section="NativeAuthenticator", traits=traits)


def shared_password(_subject: Subject, _settings: Mapping[str, Any]) -> Way:
    """Return how people log in with any name, and the password that all of them know."""
    return Way(authenticator="shared-password", section="SharedPasswordAuthenticator")


def temporary(_subject: Subject, _settings: Mapping[str, Any]) -> Way:
    """Return how everybody who comes gets a name that was never there before."""
    return Way(authenticator="tmp", section="TmpAuthenticator")


def dummy(_subject: Subject, _settings: Mapping[str, Any]) -> Way:
    """Return how everybody logs in as anybody."""
    return Way(authenticator="dummy", section="DummyAuthenticator")
