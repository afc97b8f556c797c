"""What was to be filled in and was not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from deployer.fleet.placeholders import is_placeholder
from deployer.fleet.rule import Finding, rule
from deployer.fleet.violations import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_FOR_PEOPLE = {
    "annotations",
    "custom",
    "description",
    "display_name",
    "extraConfig",
    "extraFiles",
    "templateVars",
    "validation_message",
    "validation_regex",
}
"""Keys below which text is for people, or code."""
_LONGEST = 200
_IN_BRACKETS = re.compile(r"[^<>\s]*<[A-Za-z][\w. -]*>[^<>\s]*")


@rule("warning")
def placeholder(release: HubValues) -> Iterator[Finding]:
    """Question values that look as if somebody was to fill them in: `CHANGEME`, `TODO`, `<client id>`, `xxx`.

    The hub would run with them, and say so late or never. Text for people and code is left alone.
    """
    for at, values in release.own_maps:
        if _FOR_PEOPLE.isdisjoint(at):
            for below in _placeholders(values):
                where = (*at, *below)
                if _is_said(release, where):
                    yield release.finding(where, f"`{shown(where)}` is still to be filled in")


RULES = (placeholder,)


def _placeholders(values: Mapping[str, Any]) -> Iterator[KeyPath]:
    for key, value in values.items():
        if isinstance(value, list):
            yield from ((key, index) for index, each in enumerate(value) if _is_unfilled(each))
        elif key not in _FOR_PEOPLE and _is_unfilled(value):
            yield (key,)


def _is_unfilled(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > _LONGEST:
        return False
    if "<" not in value:
        return is_placeholder(value)
    # Not the tags of HTML.
    return "</" not in value and (is_placeholder(value) or _IN_BRACKETS.fullmatch(value.strip()) is not None)


def _is_said(release: HubValues, at: KeyPath) -> bool:
    return release.merged.origin_path(at)[0].document is not None and not release.unknown(at)
