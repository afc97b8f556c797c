"""Placeholders that nobody filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.leftovers import RULES
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making

STILL = "is still to be filled in"


@pytest.mark.parametrize(
    "value",
    [
        "CHANGEME",
        "change-me!",
        "Change this",
        "TODO",
        "TODO: ask Ada",
        "TODO(ada) the bucket",
        "fill me in",
        "FIXME",
        "tbd",
        "xxxx",
        "REPLACE_ME",
        "your-client-id",
        "<client id>",
        "https://<host>/hub/oauth_callback",
        "<name>@example.org",
    ],
)
def test_a_placeholder_is_questioned_and_not_repeated(values: Making, value: str) -> None:
    text = f"jupyterhub: {{hub: {{config: {{GitHubOAuthenticator: {{client_id: '{value}'}}}}}}}}"
    assert found(RULES, values(text)) == [
        f"1:1:52: `jupyterhub.hub.config.GitHubOAuthenticator.client_id` {STILL}"
    ]


def test_lists_are_looked_through(values: Making) -> None:
    text = "jupyterhub: {ingress: {hosts: [hub.example.org, <host>], tls: [{hosts: [TODO]}]}}"
    assert found(RULES, values(text)) == [
        f"1:1:49: `jupyterhub.ingress.hosts[1]` {STILL}",
        f"1:1:73: `jupyterhub.ingress.tls[0].hosts[0]` {STILL}",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "jupyterhub: {singleuser: {profileList: [{display_name: TODO, description: <none>}]}}",
        "jupyterhub: {singleuser: {profileList: [{unlisted_choice: {validation_message: <name>:<tag>}}]}}",
        "jupyterhub: {custom: {a: TODO}, hub: {config: {A: {b: Your Hub}}, extraConfig: {a: TODO}}}",
        "jupyterhub: {singleuser: {defaultUrl: /todo.md, extraEnv: {A: exchange, B: 'xx', C: todos}}}",
        f"jupyterhub: {{singleuser: {{extraEnv: {{A: TODO.md, B: {'x' * 64}, C: TODO-list, D: see TODO}}}}}}",
        "jupyterhub: {singleuser: {extraEnv: {A: '<b>Yours</b>', B: 'a < b > c', C: $(YOUR_NAME)}}}",
        f"{{jupyterhub: {{hub: {{config: {{A: {{b: '{ENCRYPTED}'}}}}}}}}, sops: {{version: 1}}}}",
    ],
)
def test_text_for_people_code_and_whole_words_are_fine(values: Making, text: str) -> None:
    assert found(RULES, values(text)) == []
