"""Encrypted files as they are: sops keeps the keys readable and encrypts the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.leaves import leaves

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.positions import KeyPath

_METADATA = "sops"
_SELECTIONS = (
    "encrypted_suffix",
    "encrypted_regex",
    "unencrypted_regex",
    "encrypted_comment_regex",
    "unencrypted_comment_regex",
)
"""What sops notes when it was to encrypt a part of a file only."""


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


def exposed(data: dict[str, Any]) -> tuple[KeyPath, ...]:
    """Return where an encrypted file has values that sops would have encrypted.

    It leaves alone what is empty, and keys with the suffix that it was told. A file of which it encrypts only
    what a pattern says tells nothing.
    """
    rules = data[_METADATA]
    if any(rules.get(key) for key in _SELECTIONS):
        return ()
    suffix = rules.get("unencrypted_suffix")

    def is_plain(value: Any) -> bool:
        return value is not None and value != "" and not is_encrypted_scalar(value)

    return tuple(
        at
        for at, _ in leaves(without_metadata(data), is_plain)
        if not (isinstance(suffix, str) and any(str(key).endswith(suffix) for key in at))
    )


def without_metadata(data: dict[str, Any]) -> dict[str, Any]:
    """Return what an encrypted file says, without what sops says about it."""
    return {key: value for key, value in data.items() if key != _METADATA}
