"""Short forms: what a hub asks for in a few words, put together from its presets and its own entry.

`true` asks for a feature as it is by default, `false` takes away what a preset asks for, and a map says how
it is to be; maps merge, the hub's own over those of its presets. Sign-in, `auth`, works the same, except that
another `type` starts anew. What the schema has something against in one place is told by then, and counts
nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from deployer.fleet.defaults import complete
from deployer.fleet.model import Feature
from deployer.fleet.schema_files import whole
from deployer.fleet.violations import validator, violations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.fleet.checker import Checker
    from deployer.fleet.documents import Document
    from deployer.fleet.positions import KeyPath

SIGN_IN = "auth"
FEATURES = "features"


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """A place that may have the keys `auth` and `features`: a preset's file, or a hub's entry."""

    document: Document
    at: KeyPath = ()


def features(speakers: Iterable[Speaker]) -> tuple[Feature, ...]:
    """Return the features that places ask for together, the weakest place first; sign-in comes first."""
    asked: dict[str, Feature] = {}
    for speaker in speakers:
        for name, at, value in _said(speaker):
            below = asked.pop(name, None)
            if (value is True or isinstance(value, Mapping)) and _fits(name, value):
                settings = _over(name, below, value)
                asked[name] = Feature(name=name, settings=settings, document=speaker.document, at=at)
    return tuple(_complete(asked[name]) for name in sorted(asked, key=lambda name: (name != SIGN_IN, name)))


def misfits(speakers: Iterable[Speaker]) -> bool:
    """Say whether places ask for something that counts nowhere, since the schema has something against it."""
    return any(
        not isinstance(value, bool) and not (isinstance(value, Mapping) and _fits(name, value))
        for speaker in speakers
        for name, _, value in _said(speaker)
    )


def schema_of(name: str) -> Mapping[str, Any]:
    """Return the schema of a feature's settings, {} when there is no such feature."""
    hub = whole("cluster")["definitions"]["hub"]["properties"]
    found = hub[SIGN_IN] if name == SIGN_IN else hub[FEATURES]["properties"].get(name, {})
    schema: Mapping[str, Any] = found
    return schema


@cache
def _checker(name: str) -> Checker:
    return validator(schema_of(name))


def _fits(name: str, value: Any) -> bool:
    """Say whether the schema takes what one place says; together, places may say more than one kind wants."""
    return next(violations(_checker(name), value), None) is None


def _said(speaker: Speaker) -> Iterator[tuple[str, KeyPath, Any]]:
    sign_in = speaker.document.value((*speaker.at, SIGN_IN))
    if sign_in is not None:
        yield SIGN_IN, (*speaker.at, SIGN_IN), sign_in
    listed = speaker.document.value((*speaker.at, FEATURES))
    for name, value in listed.items() if isinstance(listed, Mapping) else ():
        yield str(name), (*speaker.at, FEATURES, name), value


def _over(name: str, below: Feature | None, value: Any) -> Mapping[str, Any]:
    settings = value if isinstance(value, Mapping) else {}
    if below is None or (name == SIGN_IN and settings.get("type") not in (None, below.settings.get("type"))):
        return settings
    return _merged(below.settings, settings)


def _merged(below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in over.items():
        there = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(there, Mapping)
        merged[key] = _merged(there, value) if both else value  # type: ignore[arg-type]  # both are maps
    return merged


def _complete(feature: Feature) -> Feature:
    settings = complete(schema_of(feature.name), feature.settings)
    return Feature(name=feature.name, settings=settings, document=feature.document, at=feature.at)
