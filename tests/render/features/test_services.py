from __future__ import annotations

import re

from jupyterhub.scopes import scope_definitions

from deployer.fleet.features import schema_of
from tests.render.features.asking import asked


def test_a_service_that_only_asks_has_a_role_and_is_not_shown() -> None:
    assert asked("features: {services: {sync: {scopes: ['list:users']}}}") == {
        "jupyterhub": {
            "hub": {
                "services": {"sync": {"display": False}},
                "loadRoles": {"service-sync": {"services": ["sync"], "scopes": ["list:users"]}},
            }
        }
    }


def test_a_service_with_an_address_is_for_everybody_or_for_groups() -> None:
    text = """
    features:
      services:
        wiki: {url: "http://wiki"}
        dashboards: {url: "http://dash:8050", display: false, groups: [staff], scopes: ["list:groups"]}
    """
    staff = {"groups": ["staff"], "scopes": ["access:services!service=dashboards"]}
    assert asked(text) == {
        "jupyterhub": {
            "custom": {"deployer": {"open_services": {"wiki": True}}},
            "hub": {
                "services": {
                    "wiki": {"url": "http://wiki", "display": True},
                    "dashboards": {"url": "http://dash:8050", "display": False},
                },
                "loadRoles": {
                    "service-dashboards": {"services": ["dashboards"], "scopes": ["list:groups"]},
                    "use-dashboards": staff,
                },
            },
        }
    }


def test_the_scopes_that_may_be_said_are_those_of_jupyterhub() -> None:
    """A hub with a scope that it does not know does not start."""
    service = schema_of("services")["additionalProperties"]["properties"]
    pattern = service["scopes"]["items"]["pattern"]
    # Those that mean whoever has them mean nothing for a service.
    known = {name for name in scope_definitions if name not in {"(no_scope)", "self", "inherit"}}
    listed = re.match(r"\^\(([^)]*)\)", pattern)
    assert listed
    assert set(listed[1].split("|")) == known
