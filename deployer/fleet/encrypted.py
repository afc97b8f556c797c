"""Encrypted files as they are: sops keeps the keys readable and encrypts the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_METADATA = "sops"


def is_encrypted_scalar(value: object) -> bool:
    """Say whether a scalar is unknown without a key: what sops leaves where a value was."""
    return isinstance(value, str) and value.startswith("ENC[") and value.endswith("]")


def is_encrypted(data: Any) -> bool:
    """Say whether the content of a file was encrypted by sops."""
    return isinstance(data, dict) and isinstance(data.get(_METADATA), dict)


def looks_encrypted(path: Path) -> bool:
    """Say whether a file that is not read may be what sops writes; an empty one, or none, hides nothing."""
    try:
        raw = path.read_bytes()
    except OSError:
        return True
    return not raw.strip() or (b"sops" in raw and b"ENC[" in raw)


def without_metadata(data: dict[str, Any]) -> dict[str, Any]:
    """Return what an encrypted file says, without what sops says about it."""
    return {key: value for key, value in data.items() if key != _METADATA}
