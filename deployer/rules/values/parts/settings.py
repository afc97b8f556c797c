"""The settings of the classes that a hub is configured by, and of which kind each is.

hub_settings.json has the facts about JupyterHub, KubeSpawner and OAuthenticator as they are in z2jh's hub
image; `tools/hub-settings` writes it from these packages.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.fleet.checker import Checker

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = Path(__file__).with_name("hub_settings.json")

Kinds = dict[str, Any]
"""Settings by name, each with its JSON schema; False for one that takes nothing that YAML can say."""


@cache
def settings(name: str) -> Kinds:
    """Return the settings that configuration of a class can set; none of a class that is not known.

    What counts for a class counts for those made of it as well, so theirs can be set there too.
    """
    classes = _classes()
    if name not in classes:
        return {}
    found: Kinds = {}
    for facts in classes.values():
        if name in facts["above"]:
            for key, kind in facts["settings"].items():
                found[key] = kind if found.get(key, kind) == kind else {}
    for each in (*reversed(classes[name]["above"]), name):
        found |= classes[each]["settings"]
    return found


class Renamed(NamedTuple):
    """A setting's name of now, since when it is that, and whether a value of the old one is still taken."""

    to: str
    since: str
    taken: bool


@cache
def renamed(name: str) -> Mapping[str, Renamed]:
    """Return the old names that a class knows for its settings, with those that count now."""
    classes = _classes()
    lineage = (*reversed(classes[name]["above"]), name) if name in classes else ()
    facts = {old: each for one in lineage for old, each in classes[one].get("renamed", {}).items()}
    return {old: Renamed(**{**each, "to": _last(facts, old)}) for old, each in facts.items()}


def _last(facts: Mapping[str, Any], name: str) -> str:
    """Return the name of now, also where one that came after `name` was given up too."""
    while name in facts:
        name = facts[name]["to"]
    return name


@cache
def checker(name: str) -> Checker:
    """Return what checks the configuration of a class; what is no setting is not looked at."""
    return Checker(schema={"properties": {key: kind for key, kind in settings(name).items() if kind}})


@cache
def _classes() -> Mapping[str, Any]:
    classes: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))["classes"]
    return classes
