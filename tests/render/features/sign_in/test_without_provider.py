"""Sign-in without a provider, with the real authenticators. On a whole hub: tests/hub/test_sign_in.py."""

from __future__ import annotations

from typing import Any

import pytest

from tests.render.features.asking import asked
from tests.render.features.sign_in.logging_in import authenticator, let_in

USER, ADMIN = "the password of the workshop", "a password that only its admins are told"
PASSWORDS = {"user_password": USER, "admin_password": ADMIN}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "type: native, admins: [ada], users: [eve], sign_up: false, password_length: 9, failed_logins: 3",
            {
                "JupyterHub": {"authenticator_class": "native"},
                "Authenticator": {"allow_all": True, "admin_users": ["ada"], "allowed_users": ["eve"]},
                "NativeAuthenticator": {
                    "enable_signup": False,
                    "open_signup": False,
                    "check_common_password": True,
                    "minimum_password_length": 9,
                    "allowed_failed_logins": 3,
                    "seconds_before_next_try": 600,
                },
            },
        ),
        (
            "type: shared-password, users: [grace]",
            {
                "JupyterHub": {"authenticator_class": "shared-password"},
                "Authenticator": {"allow_all": False, "admin_users": [], "allowed_users": ["grace"]},
            },
        ),
        (
            "type: temporary",
            {
                "JupyterHub": {"authenticator_class": "tmp"},
                "Authenticator": {"allow_all": True, "admin_users": []},
            },
        ),
        (
            "type: dummy, everybody: false, users: [grace], blocked: [eve]",
            {
                "JupyterHub": {"authenticator_class": "dummy"},
                "Authenticator": {
                    "allow_all": False,
                    "admin_users": [],
                    "allowed_users": ["grace"],
                    "blocked_users": ["eve"],
                },
            },
        ),
    ],
)
def test_values(text: str, expected: dict[str, Any]) -> None:
    assert asked(f"auth: {{{text}}}") == {"jupyterhub": {"hub": {"config": expected}}}


@pytest.mark.parametrize(("everybody", "unapproved"), [("", False), (", everybody: true", True)])
def test_native_accounts_wait_for_an_admin_unless_everybody_is_meant(
    monkeypatch: pytest.MonkeyPatch, everybody: str, *, unapproved: bool
) -> None:
    made = authenticator(monkeypatch, f"auth: {{type: native{everybody}}}", secrets={})
    assert (made.open_signup, made.allow_all, made.minimum_password_length) == (unapproved, True, 12)


@pytest.mark.parametrize(
    ("more", "name", "password", "expected"),
    [
        ("", "joan", USER, {"name": "joan", "admin": False, "groups": []}),
        ("", "joan", "a guess", None),
        (", admins: [ada]", "ada", ADMIN, {"name": "ada", "admin": True, "groups": []}),
        (", admins: [ada]", "ada", USER, None),
        (", admins: [ada]", "joan", ADMIN, None),
        (", users: [grace]", "joan", USER, None),
        (", users: [grace]", "grace", USER, {"name": "grace", "admin": False, "groups": []}),
        (", blocked: [joan]", "joan", USER, None),
    ],
)
def test_the_shared_password_lets_in_all_unless_names_say_who(
    monkeypatch: pytest.MonkeyPatch, more: str, name: str, password: str, expected: dict[str, Any] | None
) -> None:
    made = authenticator(monkeypatch, f"auth: {{type: shared-password{more}}}", secrets=PASSWORDS)
    assert let_in(made, None, {"username": name, "password": password}) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", {"name": "joan", "admin": None}),
        (", admins: [joan]", {"name": "joan", "admin": True}),
        (", users: [grace]", None),
        (", everybody: false, users: [joan]", {"name": "joan", "admin": None}),
        (", blocked: [joan]", None),
    ],
)
def test_dummy_takes_any_name_unless_names_say_which(
    monkeypatch: pytest.MonkeyPatch, more: str, expected: dict[str, Any] | None
) -> None:
    made = authenticator(monkeypatch, f"auth: {{type: dummy{more}}}", secrets={})
    assert let_in(made, None, {"username": "joan", "password": "any"}) == expected


def test_temporary_names_are_new_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made = authenticator(monkeypatch, "auth: {type: temporary}", secrets={})
    one, two = (let_in(made, None, None) for _ in range(2))
    assert one is not None
    assert two is not None
    assert one["name"] != two["name"]
