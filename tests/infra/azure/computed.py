"""What Azure says of resources by itself: names, addresses, ids."""

from __future__ import annotations

import uuid
from typing import Any

from tests.infra.azure.offline import TENANT

VERSIONS = ("1.33.9", "1.34.9")
"""Of Kubernetes."""


def computed(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a resource as Azure would: `body` is what is asked for."""
    properties = {**(body.get("properties") or {}), "provisioningState": "Succeeded"}
    kind = kind_of(path)
    more = _MORE.get(kind)
    if kind == "microsoft.storage/storageaccounts/fileservices":
        properties.pop("protocolSettings", None)  # what nobody set is not told
    if more:
        properties |= more(path, properties)
    return {**body, "properties": properties, "type": kind, **_identity(path, body)}


def children(path: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what is in a resource from the beginning."""
    return _CHILDREN.get(kind_of(path), [])


def _identity(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the identity that a resource has of its own, when it is to have one."""
    identity = body.get("identity")
    if not identity or "SystemAssigned" not in identity.get("type", ""):
        return {}
    return {"identity": {**identity, "principalId": uuid_of(path), "tenantId": TENANT}}


def kind_of(path: str) -> str:
    """Return the type of a resource, in small letters."""
    behind = path.rpartition("/providers/")[2].split("/")
    return "/".join([behind[0], *behind[1::2]]).lower()


def uuid_of(of: str) -> str:
    """Return an id that is always the same for a name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, of.lower()))


def _name(path: str) -> str:
    return path.rsplit("/", 1)[1]


_MORE: dict[str, Any] = {
    "microsoft.managedidentity/userassignedidentities": lambda path, _: {
        "clientId": uuid_of(f"{path}/client"),
        "principalId": uuid_of(path),
        "tenantId": TENANT,
    },
    "microsoft.keyvault/vaults": lambda path, _: {"vaultUri": f"https://{_name(path)}.vault.azure.net/"},
    "microsoft.network/publicipaddresses": lambda _path, _: {"ipAddress": "203.0.113.9"},
    "microsoft.operationalinsights/workspaces": lambda path, _: {"customerId": uuid_of(path)},
    "microsoft.storage/storageaccounts": lambda path, _: {
        "primaryEndpoints": {
            service: f"https://{_name(path)}.{service}.core.windows.net/"
            for service in ("blob", "dfs", "file", "queue", "table", "web")
        }
    },
    "microsoft.authorization/roleassignments": lambda path, _: {"scope": path.rpartition("/providers/")[0]},
    "microsoft.containerregistry/registries": lambda path, _: {"loginServer": f"{_name(path)}.azurecr.io"},
    "microsoft.dbformysql/flexibleservers": lambda path, _: {
        "fullyQualifiedDomainName": f"{_name(path)}.mysql.database.azure.com"
    },
    "microsoft.dbforpostgresql/flexibleservers": lambda path, _: {
        "fullyQualifiedDomainName": f"{_name(path)}.postgres.database.azure.com"
    },
    "microsoft.dbforpostgresql/flexibleservers/administrators": lambda path, _: {"objectId": _name(path)},
    "microsoft.dataprotection/backupvaults/backupinstances": lambda _path, _: {
        "currentProtectionState": "ProtectionConfigured",
        "protectionStatus": {"status": "ProtectionConfigured"},
    },
    "microsoft.containerservice/managedclusters": lambda path, properties: {
        "currentKubernetesVersion": f"{properties['kubernetesVersion']}.9",
        "fqdn": f"{_name(path)}.hcp.westeurope.azmk8s.io",
    },
}
_SOA = (
    "SOA/@",
    {
        "SOARecord": {
            "email": "hostmaster.example.org",
            "expireTime": 2419200,
            "host": "ns1.example.org.",
            "minimumTTL": 300,
            "refreshTime": 3600,
            "retryTime": 300,
            "serialNumber": 1,
        },
        "TTL": 3600,
    },
)
_PRIVATE_SOA = (_SOA[0], {"soaRecord": _SOA[1]["SOARecord"], "ttl": 3600})
_CHILDREN: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "microsoft.network/dnszones": [_SOA],
    "microsoft.network/privatednszones": [_PRIVATE_SOA],
    "microsoft.storage/storageaccounts": [("blobServices/default", {}), ("fileServices/default", {})],
}
