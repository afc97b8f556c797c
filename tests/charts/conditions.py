"""When a dependency `one` is enabled: what our own rule and real Helm are both tested against."""

from __future__ import annotations

from typing import Any

Case = tuple[str | None, list[str], dict[str, Any], bool]

CASES: list[Case] = [
    (None, [], {}, True),
    ("one.enabled", [], {}, True),
    ("one.enabled", [], {"one": {"enabled": True}}, True),
    ("one.enabled", [], {"one": {"enabled": False}}, False),
    ("one.enabled", [], {"one": {"enabled": None}}, True),
    ("one.enabled", [], {"one": {"enabled": "false"}}, True),
    ("one.enabled", [], {"one": "text"}, True),
    ("missing.enabled,one.enabled", [], {"one": {"enabled": False}}, False),
    ("one.enabled,two.enabled", [], {"one": {"enabled": True}, "two": {"enabled": False}}, True),
    ("one.enabled, two.enabled", [], {"two": {"enabled": False}}, True),
    (None, ["x"], {"tags": {"x": False}}, False),
    (None, ["x", "y"], {"tags": {"x": False, "y": True}}, True),
    (None, ["x"], {"tags": {"y": False}}, True),
    ("one.enabled", ["x"], {"tags": {"x": False}, "one": {"enabled": True}}, True),
    ("one.enabled", ["x"], {"tags": {"x": False}}, False),
]
"""Condition, tags, values, and whether the dependency is part of the release."""
