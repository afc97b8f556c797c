"""Ways to a login provider and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.oauth import RULES, cilogon_providers, oauth_callback, oauth_client
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

BASE = "jupyterhub: {hub: {baseUrl: /base/}}"
CLIENT = "client_id: a, client_secret: b"


def config(name: str, section: str = "") -> str:
    """Values with an authenticator and its configuration in line 5."""
    lines = f"      {section}\n" if section else ""
    return f"jupyterhub:\n  hub:\n    config:\n      JupyterHub: {{authenticator_class: {name}}}\n{lines}"


def callback(url: str) -> str:
    return config("github", f"GitHubOAuthenticator: {{oauth_callback_url: '{url}', {CLIENT}}}")


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example.org/hub/oauth_callback",
        "http://hub.example.org/hub/oauth_callback",
        "https://hub.example.org/oauth_callback",
        "hub.example.org/hub/oauth_callback",
        "https://[hub.example.org]/hub/oauth_callback",
    ],
)
def test_a_callback_leads_back_to_the_hub(values: Making, url: str) -> None:
    advice = "write `https://hub.example.org/hub/oauth_callback`, or leave it out: it is computed"
    message = f"`oauth_callback_url` does not lead back to this hub: {advice}"
    assert found(oauth_callback, values(callback(url))) == [f"1:5:30: {message}"]


@pytest.mark.parametrize(
    "texts",
    [
        [callback("https://hub.example.org/hub/oauth_callback")],
        [callback("https://hub.example.org/base/hub/oauth_callback"), BASE],
        [callback("https://b.org/hub/oauth_callback"), "jupyterhub: {ingress: {hosts: [a.org, b.org]}}"],
        [config("github", f"GitHubOAuthenticator: {{{CLIENT}}}")],
        [callback("")],
        [f"{callback(ENCRYPTED)}sops: {{version: 1}}"],
    ],
    ids=["host", "base", "one of the hosts", "computed", "empty", "encrypted"],
)
def test_these_callbacks_do(values: Making, texts: list[str]) -> None:
    assert found(RULES, values(*texts)) == []


def test_a_local_hub_s_callback_is_its_own_matter(values: Making) -> None:
    assert found(RULES, values(callback("http://localhost:8000/hub/oauth_callback"), provider="local")) == []


def test_a_client_has_an_id_and_a_secret(values: Making) -> None:
    section, new = (
        "GitHubOAuthenticator",
        "a new file enc-hub.secret.values.yaml, encrypted with sops and listed",
    )
    where = f"under `jupyterhub.hub.config.{section}` in"
    one = values(config("github", f"{section}: {{client_id: a}}"))
    assert found(oauth_client, one) == [
        f"1:5:30: missing `client_secret` of `{section}`: write it {where} {new}"
    ]
    both = f"missing `client_id` and `client_secret` of `{section}`: write them {where}"
    assert found(oauth_client, values(config("github"))) == [f"1:4:20: {both} {new}"]
    has = values(config("github"), "sops: {version: 1}")
    assert found(oauth_client, has) == [f"1:4:20: {both} 2.yaml, which sops encrypts"]


@pytest.mark.parametrize(
    "text",
    [
        config("github", f"OAuthenticator: {{client_id: '{ENCRYPTED}', client_secret: '{ENCRYPTED}'}}"),
        "jupyterhub: {hub: {extraEnv: {GITHUB_CLIENT_ID: a, GITHUB_CLIENT_SECRET: {valueFrom: {}}}}}",
        "jupyterhub: {hub: {extraEnv: [{name: OAUTH_CLIENT_ID}, {name: OAUTH_CLIENT_SECRET}]}}",
        "jupyterhub: {hub: {existingSecret: credentials}}",
        "jupyterhub: {hub: {extraConfig: {a: 'c.OAuthenticator.client_id, client_secret = ours()'}}}",
    ],
    ids=["encrypted", "environment", "environment as a list", "a Secret", "Python"],
)
def test_a_client_may_come_from_elsewhere(values: Making, text: str) -> None:
    assert found(oauth_client, values(config("github"), f"{text}\nsops: {{version: 1}}")) == []


def test_a_generic_client_may_have_no_secret(values: Making) -> None:
    text = config("generic-oauth", "GenericOAuthenticator: {client_id: a}")
    assert found(oauth_client, values(text)) == []
    (line,) = found(oauth_client, values(config("generic-oauth")))
    assert "missing `client_id` of `GenericOAuthenticator`" in line


def test_cilogon_has_providers(values: Making) -> None:
    message = "no identity provider: write at least one under `CILogonOAuthenticator.idps`"
    assert found(cilogon_providers, values(config("cilogon"))) == [f"1:4:20: {message}"]
    empty = values(config("cilogon", "CILogonOAuthenticator: {idps: {}}"))
    assert found(cilogon_providers, empty) == [f"1:5:31: {message}"]


def test_the_providers_are_as_oauthenticator_wants_them(values: Making) -> None:
    text = """\
    jupyterhub:
      hub:
        config:
          JupyterHub: {authenticator_class: cilogon}
          CILogonOAuthenticator:
            allowed_idps:
              https://a.org: {}
              google.com: {username_derivation: {username_claim: email}}
              https://b.org:
                username_derivation: {username_claim: email, action: strip}
                allow_al: true
              https://c.org:
                username_derivation: {username_claim: email, action: prefix}
                allowed_domains: example.org
              urn:mace:d: {username_derivation: {username_claim: a, action: strip_idp_domain, domain: d.org}}
    """
    entity = "write its entity id, as https://cilogon.org/idplist has it"
    assert found(cilogon_providers, values(text)) == [
        "1:7:11: missing key `username_derivation`",
        f"1:8:11: `google.com` is no identity provider: {entity}",
        "1:10:58: `username_derivation.action` must be `strip_idp_domain` or `prefix`",
        "1:11:13: unknown key `allow_al`, did you mean `allow_all`?",
        "1:13:13: missing key `prefix` in `username_derivation`",
        "1:14:13: `allowed_domains` must be a list, not text: put `- ` before it, on a line of its own",
    ]


def test_encrypted_parts_of_a_provider_are_left_alone(values: Making) -> None:
    provider = f"{{username_derivation: {{username_claim: email}}, allow_all: '{ENCRYPTED}'}}"
    text = config("cilogon", f"CILogonOAuthenticator: {{idps: {{'https://a.org': {provider}}}}}")
    assert found(cilogon_providers, values(f"{text}sops: {{version: 1}}")) == []
