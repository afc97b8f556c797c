"""Placeholders: plain to see, distinct, of the right type, and only where something is missing."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.render.merge import merge
from deployer.render.placeholders import below, generated, placeholder, without_secrets
from tests.render.fleets import ENCRYPTED


@pytest.mark.parametrize(
    ("schema", "encrypted", "expected"),
    [
        pytest.param({}, ENCRYPTED, "unknown-a.0.b", id="no schema"),
        pytest.param({}, ENCRYPTED.replace("str", "bool"), False, id="sops notes a boolean"),
        pytest.param({}, ENCRYPTED.replace("str", "int"), 0, id="sops notes a number"),
        pytest.param({"type": "boolean"}, ENCRYPTED, False, id="boolean"),
        pytest.param({"type": ["integer", "null"]}, ENCRYPTED, 0, id="integer or null"),
        pytest.param({"type": ["null", "object"]}, ENCRYPTED, {}, id="object or null"),
        pytest.param({"type": ["array", "string"]}, ENCRYPTED, "unknown-a.0.b", id="string if it may be"),
        pytest.param({"type": ["string", "integer"]}, ENCRYPTED.replace("str", "int"), 0, id="as noted"),
        pytest.param({"enum": ["Prefix", "Exact"]}, ENCRYPTED, "Prefix", id="enum"),
        pytest.param({"type": "null"}, ENCRYPTED, None, id="null"),
    ],
)
def test_a_placeholder_has_the_type_that_the_schema_wants(
    schema: dict[str, Any], encrypted: str, expected: object
) -> None:
    found = placeholder(("a", 0, "b"), schema, encrypted)
    assert (found, type(found)) == (expected, type(expected))


def test_only_encrypted_scalars_become_placeholders_each_its_own() -> None:
    data = {"a": [ENCRYPTED, "plain", {"b": ENCRYPTED}], "c": {"": "", "n": None, "f": 1.5, "e": ENCRYPTED}}
    assert without_secrets(data, {}) == {
        "a": ["unknown-a.0", "plain", {"b": "unknown-a.2.b"}],
        "c": {"": "", "n": None, "f": 1.5, "e": "unknown-c.e"},
    }


@pytest.mark.parametrize(
    ("schema", "key", "expected"),
    [
        pytest.param({"properties": {"a": {"type": "string"}}}, "a", {"type": "string"}, id="property"),
        pytest.param({"patternProperties": {"^a": {"type": "null"}}}, "abc", {"type": "null"}, id="pattern"),
        pytest.param({"additionalProperties": {"type": "array"}}, "x", {"type": "array"}, id="any other"),
        pytest.param({"additionalProperties": False}, "x", {}, id="none"),
        pytest.param({"items": {"type": "number"}}, 3, {"type": "number"}, id="item"),
        pytest.param({"items": [{"type": "number"}]}, 3, {}, id="items one by one"),
        pytest.param({"properties": {"a": True}}, "a", {}, id="anything"),
    ],
)
def test_a_schema_is_followed_to_where_a_key_or_an_item_is_described(
    schema: dict[str, Any], key: str | int, expected: dict[str, Any]
) -> None:
    assert below(schema, key) == expected


def test_every_secret_that_z2jh_would_make_up_gets_a_marked_placeholder() -> None:
    values = {"jupyterhub": {"hub": {"services": {"check": {}, "own": {"apiToken": "t"}}}}}
    assert generated(values).values == {
        "jupyterhub": {
            "proxy": {"secretToken": "generated-proxy.secretToken"},
            "hub": {
                "config": {
                    "JupyterHub": {"cookie_secret": "generated-hub.config.JupyterHub.cookie_secret"},
                    "CryptKeeper": {"keys": ["generated-hub.config.CryptKeeper.keys"]},
                },
                "services": {"check": {"apiToken": "generated-hub.services.check.apiToken"}},
            },
        }
    }


@pytest.mark.parametrize("also", [False, True])
def test_a_secret_that_a_hub_sets_in_either_place_is_left_alone(also: bool) -> None:
    config: dict[str, Any] = {"CryptKeeper": {"keys": ["own"]}}
    values: dict[str, Any] = {"hub": {"config": config, "services": {"s": {"apiToken": "own"}}}}
    if also:
        values["hub"]["cookieSecret"] = "own"
        values["hub"]["services"]["s"] = {"api_token": "own"}
        config["ConfigurableHTTPProxy"] = {"auth_token": "own"}
    else:
        config["JupyterHub"] = {"cookie_secret": "own"}
        values["proxy"] = {"secretToken": "own"}
    assert generated({"jupyterhub": values}).values == {}


def test_values_without_jupyterhub_have_no_services_to_make_tokens_for() -> None:
    assert set(merge([generated({})]).values["jupyterhub"]) == {"proxy", "hub"}
