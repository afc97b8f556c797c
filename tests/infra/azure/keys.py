"""The keys in Key Vaults, as the vaults themselves tell of them."""

from __future__ import annotations

from typing import Any

_VERSION = "0123456789abcdef0123456789abcdef"
_MISSING: tuple[int, dict[str, Any]] = (404, {"error": {"code": "KeyNotFound", "message": "no such key"}})


class Keys:
    """Keys by vault and name. Each has one version."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], dict[str, Any]] = {}

    def post(self, vault: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Make a key: `/keys/NAME/create`."""
        name = path.split("/")[2]
        self._keys[vault, name] = {
            "attributes": {"enabled": True, "recoveryLevel": "Recoverable"},
            "key": {
                "kid": f"https://{vault}/keys/{name}/{_VERSION}",
                "kty": body["kty"],
                "key_ops": body["key_ops"],
                "n": "AQAB",
                "e": "AQAB",
            },
            "tags": body.get("tags", {}),
        }
        return 200, self._keys[vault, name]

    def get(self, vault: str, path: str) -> tuple[int, dict[str, Any]]:
        """Return a key: `/keys/NAME/VERSION`, or something of it."""
        kind, name, *rest = path.strip("/").split("/") if path.count("/") > 1 else (path.strip("/"), "")
        if kind != "keys" or (vault, name) not in self._keys:
            return _MISSING
        return _MISSING if "rotationpolicy" in rest else (200, self._keys[vault, name])

    def delete(self, vault: str, path: str) -> tuple[int, dict[str, Any]]:
        """Delete a key: `/keys/NAME`."""
        name = path.split("/")[2]
        return 200, self._keys.pop((vault, name), {})
