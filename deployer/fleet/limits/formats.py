"""How clouds write who somebody is: identities, keys, roles. Another cloud's way is refused late or never.

- AWS: docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
- Google Cloud: cloud.google.com/iam/docs/principal-identifiers
- Azure: learn.microsoft.com/entra/identity/managed-identities-azure-resources
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.fleet.limits.facts import NAMES
from deployer.fleet.limits.limit import Limit, at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath


class _Format(NamedTuple):
    """A way of writing, what it is of, and an example."""

    pattern: re.Pattern[str]
    what: str
    such: str


def _format(pattern: str, what: str, such: str) -> _Format:
    return _Format(re.compile(pattern), what, such)


_ACCOUNT = r"arn:aws[-a-z]*:iam::(\d{12}|aws)"
_ROLE = _format(rf"{_ACCOUNT}:role/\S+", "ARN of a role", "arn:aws:iam::123456789012:role/nodes")
_MEMBER = r"(user|group|serviceAccount|domain):\S+|(principal|principalSet)://\S+"
_IDENTITY = _format(
    r"/subscriptions/[^/]+/resource[gG]roups/[^/]+"
    r"/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+",
    "id of a user-assigned identity",
    "/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME",
)
_OBJECT = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_FORMATS: dict[str, dict[str, _Format]] = {
    "aws": {
        "admins": _format(
            rf"{_ACCOUNT}:(role|user)/\S+", "ARN of a role or user", "arn:aws:iam::123456789012:role/ops"
        ),
        "identities.cluster": _ROLE,
        "identities.nodes": _ROLE,
        "readers": _format(rf"\d{{12}}|{_ACCOUNT}:\S+", "account and no ARN of IAM", "123456789012"),
        "roles": _format(
            rf"{_ACCOUNT}:policy/\S+", "ARN of a policy", "arn:aws:iam::aws:policy/AmazonBedrockReadOnly"
        ),
        "secrets_key": _format(
            r"arn:aws[-a-z]*:kms:[-a-z0-9]+:\d{12}:key/\S+",
            "ARN of a key",
            "arn:aws:kms:REGION:ACCOUNT:key/ID",
        ),
    },
    "azure": {
        "admins": _format(_OBJECT, "object id of a group of Entra", "01234567-89ab-cdef-0123-456789abcdef"),
        "identities.cluster": _IDENTITY,
        "identities.nodes": _IDENTITY,
        "readers": _format(_OBJECT, "object id of Entra", "01234567-89ab-cdef-0123-456789abcdef"),
        "secrets_key": _format(
            r"https://[^/]+/keys/[^/]+/[0-9a-f]{32}",
            "id of a key with its version",
            "https://VAULT.vault.azure.net/keys/NAME/VERSION",
        ),
    },
    "gcp": {
        "admins": _format(_MEMBER, "member", "group:ops@example.org"),
        "identities.nodes": _format(
            r"[^@\s:]+@[^@\s]+", "address of a service account", "nodes@PROJECT.iam.gserviceaccount.com"
        ),
        "readers": _format(
            rf"{_MEMBER}|allUsers|allAuthenticatedUsers|projectViewer:\S+",
            "member",
            "group:readers@example.org",
        ),
        "roles": _format(
            r"roles/\S+|(projects|organizations)/[^/\s]+/roles/\S+", "role", "roles/bigquery.user"
        ),
        "secrets_key": _format(
            r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+",
            "id of a key",
            "projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY",
        ),
    },
}


def limits(cloud: str, asked: Mapping[str, Any]) -> Iterator[Limit]:
    """Yield what is not written as a cloud writes it."""
    known = _FORMATS[cloud]
    for key, here, value in _said(asked):
        taken = known.get(key)
        if taken and not taken.pattern.fullmatch(value):
            message = f"`{key}` is no {taken.what} on {NAMES[cloud]}: {value}"
            yield Limit(here, message, f"write one such as `{taken.such}`")


def _said(asked: Mapping[str, Any]) -> Iterator[tuple[str, KeyPath, str]]:
    for index, value in enumerate(asked.get("admins", [])):
        yield "admins", at("admins", index), value
    for key, value in asked.get("identities", {}).items():
        yield f"identities.{key}", at("identities", key), value
    if "secrets_key" in asked:
        yield "secrets_key", at("secrets_key"), asked["secrets_key"]
    for of, key in (("buckets", "readers"), ("permissions", "roles")):
        for name, said in asked.get(of, {}).items():
            for index, value in enumerate((said or {}).get(key, [])):
                yield key, at(of, name, key, index), value
