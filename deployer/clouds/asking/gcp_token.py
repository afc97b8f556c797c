"""The token of Google's application default credentials: whoever has it is who Terraform is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployer.clouds.asking import Asker

TOKEN_ARGV = ["gcloud", "auth", "application-default", "print-access-token"]
_TOKEN = "CLOUDSDK_AUTH_ACCESS_TOKEN"  # noqa: S105 - a variable's name


def token(asker: Asker) -> str:
    """Return the token.

    Raises:
        Unanswered: nobody is logged in.
    """
    return asker.env.get(_TOKEN) or asker.text(TOKEN_ARGV).strip()


def with_token(asker: Asker) -> Asker:
    """Return one as whom gcloud is who Terraform is. The token is in the environment only."""
    return replace(asker, env={**asker.env, _TOKEN: token(asker)})
