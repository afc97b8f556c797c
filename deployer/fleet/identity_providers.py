"""The providers behind CILogon with which anybody can have an account: no institutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTITY_IDS: Mapping[str, str] = {
    "github": "http://github.com/login/oauth/authorize",
    "google": "http://google.com/accounts/o8/id",
    "microsoft": "http://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    "orcid": "http://orcid.org/oauth/authorize",
}
"""Their ids by short names, from the source of CILogon's own service (`oauth2idps`)."""

STAFF_CLAIMS: Mapping[str, str] = {"google": "email", "github": "preferred_username"}
"""The claim in which CILogon tells the names that config/org.yaml lists an operator's staff under."""


def entity_id(name: str) -> str:
    """Return the id of a provider that is given by its short name or by its id."""
    return ENTITY_IDS.get(name, name)
