"""Terraform on terraform/gcp without Google Cloud.

The provider believes any token as long as it has nothing to ask. The one thing that it would ask, the number
of the project, it asks when it applies: the API for that is to be enabled first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.infra import offline
from tests.infra.offline import made_fleet, variables
from tests.infra.providers import GOOGLE
from tests.infra.root import found_here

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["TOKEN", "Root", "found_here", "made_fleet", "told", "variables"]

TOKEN = {"GOOGLE_OAUTH_ACCESS_TOKEN": "nothing"}
_SAME_FOR_ALL = {"effective_labels", "terraform_labels", "deletion_policy"}
"""Attributes that say nothing: labels once more, and a default of the provider for itself."""


class Root(offline.Root):
    """A copy of terraform/gcp, ready to plan."""

    def __init__(self, program: str, repository: Path, directory: Path) -> None:
        super().__init__(program, repository, directory, module="gcp", provider=GOOGLE, environ=TOKEN)


def told(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan would make: how many of each type, and each with what is known of it."""
    return offline.told(plan, _SAME_FOR_ALL)


def any_root(repository: Path, directory: Path) -> Root:
    """Return the module, ready to plan by one of the programs."""
    return Root("tofu" if found_here("tofu", repository) else "terraform", repository, directory)
