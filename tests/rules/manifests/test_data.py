"""What Secrets and ConfigMaps hold."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from deployer.rules.manifests.data import object_size, secret_data
from tests.rules.manifests.making import CHART, found

if TYPE_CHECKING:
    from tests.rules.manifests.making import Rendering

LARGEST = 1024 * 1024


def thing(kind: str, part: str, value: str) -> str:
    return f"{{apiVersion: v1, kind: {kind}, metadata: {{name: a}}, {part}: {{key: {value}}}}}\n"


@pytest.mark.parametrize(
    "value", ["pass-word", "aGVsbG8", "aGVs bG8=", "'aGVsbG8=='", "aGVsbG8=aGVsbG8=", "ä"]
)
@pytest.mark.parametrize(("kind", "part"), [("Secret", "data"), ("ConfigMap", "binaryData")])
def test_what_is_no_base64_is_told_and_not_shown(
    rendering: Rendering, kind: str, part: str, value: str
) -> None:
    assert found(rendering(thing(kind, part, value)), secret_data) == [
        f"{CHART}: {kind} a: `{part}.key` must be base64"
    ]


@pytest.mark.parametrize(
    "value", ["''", "null", "1", "aGVsbG8=", '"aGVs\\r\\nbG8=\\n"', "unknown-jupyterhub.a"]
)
def test_base64_and_what_is_unknown_is_fine(rendering: Rendering, value: str) -> None:
    assert found(rendering(thing("Secret", "data", value)), secret_data) == []


@pytest.mark.parametrize(
    ("kind", "part"), [("Secret", "stringData"), ("ConfigMap", "data"), ("Custom", "data")]
)
def test_plain_text_is_fine_where_it_belongs(rendering: Rendering, kind: str, part: str) -> None:
    assert found(rendering(thing(kind, part, "not base64")), secret_data) == []


@pytest.mark.parametrize(
    ("kind", "part", "encoded"),
    [
        ("ConfigMap", "data", False),
        ("ConfigMap", "binaryData", True),
        ("Secret", "data", True),
        ("Secret", "stringData", False),
    ],
)
def test_a_mebibyte_is_the_most_and_base64_counts_decoded(
    rendering: Rendering, kind: str, part: str, encoded: bool
) -> None:
    def value(size: int) -> str:
        return b64encode(b"a" * size).decode() if encoded else "a" * size

    assert found(rendering(thing(kind, part, value(LARGEST))), object_size) == []
    assert found(rendering(thing(kind, part, value(LARGEST + 1))), object_size) == [
        f"{CHART}: {kind} a: it holds 1,048,577 bytes, and may hold 1,048,576"
    ]


def test_characters_count_as_their_bytes(rendering: Rendering) -> None:
    hub = rendering(thing("ConfigMap", "data", "ä" * (LARGEST // 2 + 1)))
    assert found(hub, object_size) == [
        f"{CHART}: ConfigMap a: it holds 1,048,578 bytes, and may hold 1,048,576"
    ]
