"""What Secrets and ConfigMaps hold."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import rule
from deployer.fleet.violations import shown
from deployer.rules.manifests.places import finding, is_placeholder
from deployer.rules.values.parts.shapes import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.fleet.rule import Finding
    from deployer.rules.subjects import ReleaseObjects

_ENCODED = (("Secret", "data"), ("ConfigMap", "binaryData"))
_HOLDING = ("ConfigMap", "Secret")
_PARTS = ("data", "binaryData", "stringData")
_LARGEST = 1024 * 1024


@rule()
def secret_data(hub: ReleaseObjects) -> Iterator[Finding]:
    """Want the data of a Secret to be base64, and the binary data of a ConfigMap.

    The API server refuses anything else. Text as it is goes into `stringData` of a Secret, and into `data` of
    a ConfigMap.
    """
    for thing in hub.objects:
        for kind, part in _ENCODED:
            if thing.get("kind") == kind:
                for key, value in mapping(thing.get(part)).items():
                    if _decoded(value) is None:
                        at: KeyPath = (part, key)
                        yield finding(hub, thing, f"`{shown(at)}` must be base64", at)


@rule()
def object_size(hub: ReleaseObjects) -> Iterator[Finding]:
    """Refuse Secrets and ConfigMaps with more than a mebibyte: the API server does.

    Large files belong into an image, into a volume or into a bucket.
    """
    for thing in hub.objects:
        if thing.get("kind") in _HOLDING:
            size = sum(len(each) for each in _contents(thing))
            if size > _LARGEST:
                message = f"it holds {size:,} bytes, and may hold {_LARGEST:,}"
                yield finding(hub, thing, message)


RULES = (secret_data, object_size)


def _contents(thing: Mapping[str, Any]) -> Iterator[bytes]:
    for part in _PARTS:
        for value in mapping(thing.get(part)).values():
            if (thing.get("kind"), part) in _ENCODED:
                yield _decoded(value) or b""
            else:
                yield text(value).encode()


def _decoded(value: Any) -> bytes | None:
    """Return what base64 stands for, None when it is no base64; what is unknown stands for nothing.

    As Go reads it: line ends do not count, and nothing else may be there.
    """
    if not isinstance(value, str) or is_placeholder(value):
        return b""
    try:
        return binascii.a2b_base64(value.replace("\n", "").replace("\r", ""), strict_mode=True)
    except (binascii.Error, ValueError):
        return None
