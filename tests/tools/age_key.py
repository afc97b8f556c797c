"""An age key pair, as `age-keygen` makes it: X25519 keys in Bech32 (BIP 173)."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def age_key() -> tuple[str, str]:
    """Return a new identity (secret) and its recipient (public)."""
    key = X25519PrivateKey.generate()
    identity = _bech32("age-secret-key-", key.private_bytes_raw()).upper()
    return identity, _bech32("age", key.public_key().public_bytes_raw())


def _bech32(prefix: str, data: bytes) -> str:
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    check = _polymod([*expanded, *values, *[0] * 6]) ^ 1
    values += [(check >> 5 * (5 - place)) & 31 for place in range(6)]
    return f"{prefix}1{''.join(_LETTERS[value] for value in values)}"


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            check ^= generator if (top >> place) & 1 else 0
    return check
