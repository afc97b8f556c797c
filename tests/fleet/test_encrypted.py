"""What is known of encrypted files without a key."""

from __future__ import annotations

import pytest

from deployer.fleet.encrypted import exposed, is_encrypted, is_encrypted_scalar, without_metadata


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:bool]", True),
        ("ENC[", False),
        ("see ENC[AES256_GCM,data:AAAA]", False),
        (True, False),
        (["ENC[AES256_GCM,data:AAAA]"], False),
    ],
)
def test_only_what_sops_leaves_is_unknown(value: object, expected: bool) -> None:
    assert is_encrypted_scalar(value) is expected


def test_a_file_is_encrypted_when_sops_says_so_in_it() -> None:
    data = {"a": "ENC[x]", "sops": {"version": "3.9.0"}}
    assert is_encrypted(data)
    assert without_metadata(data) == {"a": "ENC[x]"}
    others: tuple[object, ...] = ({"sops": "x"}, {}, [], None)
    assert not any(is_encrypted(other) for other in others)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, {("a",), ("b", 1), ("c_plain",), ("d",)}),
        ({"unencrypted_suffix": "_plain"}, {("a",), ("b", 1), ("d",)}),
        ({"encrypted_regex": "^a$"}, set()),
        ({"encrypted_suffix": "_secret"}, set()),
    ],
)
def test_what_sops_would_have_encrypted_is_exposed(metadata: dict[str, str], expected: set[object]) -> None:
    data = {"a": 1, "b": ["ENC[x]", "y"], "c_plain": "z", "d": False, "e": "", "f": None, "sops": metadata}
    assert set(exposed(data)) == expected
