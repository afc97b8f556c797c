"""Secrets in files that everybody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.secrets import RULES
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from tests.rules.values.making import Making


@pytest.mark.parametrize(
    ("text", "column", "where"),
    [
        ("{proxy: {secretToken: abc}}", 22, "proxy.secretToken"),
        (
            "{hub: {config: {GitHubOAuthenticator: {client_secret: abc}}}}",
            52,
            "hub.config.GitHubOAuthenticator.client_secret",
        ),
        ("{hub: {config: {CryptKeeper: {keys: [abc]}}}}", 43, "hub.config.CryptKeeper.keys"),
        ("{hub: {services: {dask-gateway: {apiToken: abc}}}}", 46, "hub.services.dask-gateway.apiToken"),
        ("{proxy: {https: {manual: {key: abc, cert: def}}}}", 39, "proxy.https.manual.key"),
    ],
)
def test_a_credential_in_a_plain_file_is_told_and_not_shown(
    values: Making, text: str, column: int, where: str
) -> None:
    message = f"`jupyterhub.{where}` can be read by all: move it into a file that sops encrypts"
    assert found(RULES, values(f"jupyterhub: {text}", provider="gcp")) == [f"1:1:{column}: {message}"]


def test_on_the_local_cluster_nothing_is_said(values: Making) -> None:
    assert found(RULES, values("jupyterhub: {proxy: {secretToken: abc}}", provider="local")) == []


@pytest.mark.parametrize("value", ['""', "null", "{}", f"'{ENCRYPTED}'"])
def test_what_is_no_text_or_encrypted_is_left_alone(values: Making, value: str) -> None:
    text = f"jupyterhub: {{proxy: {{secretToken: {value}}}}}"
    if "ENC" in value:
        text += "\nsops: {version: 3.9.0}"
    assert found(RULES, values(text, provider="gcp")) == []
