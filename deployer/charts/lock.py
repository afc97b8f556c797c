"""Chart.lock: the exact versions of a chart's dependencies, and whether they still fit its Chart.yaml."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from deployer.charts.files import read_mapping
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LOCK = "Chart.lock"

# The fields of a dependency in the order in which Helm writes them, of which these two are never left out
# (helm/helm, pkg/chart/v2/dependency.go).
_FIELDS = ("name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias")
_ALWAYS = ("name", "repository")


def digest(wanted: Sequence[Mapping[str, Any]], locked: Sequence[Mapping[str, Any]]) -> str:
    """Return the digest that Helm writes into Chart.lock: of what Chart.yaml asks for and what was found.

    The same bytes as Go's JSON encoder makes (helm/helm, internal/resolver/resolver.go, `HashReq`).
    """
    data = [[_fields(entry) for entry in wanted], [_fields(entry) for entry in locked]]
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    escaped = re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)
    return "sha256:" + hashlib.sha256(escaped.encode()).hexdigest()


def locked_versions(path: Path, wanted: Sequence[Mapping[str, Any]]) -> tuple[str, ...] | None:
    """Return the version of each wanted dependency, in order, or None when there is no lock.

    Raises:
        DeployerError: Chart.yaml asks for something else than the lock was made for.
    """
    if not path.exists():
        return None
    data = read_mapping(path)
    locked = data.get("dependencies") or []
    whole = isinstance(locked, list) and all(isinstance(each, dict) and "version" in each for each in locked)
    if not whole or data.get("digest") != digest(wanted, locked) or len(locked) != len(wanted):
        raise DeployerError(
            f"out of date: {path}", hint=f"run `deployer charts update {path.parent.name}` to lock it again"
        )
    return tuple(str(entry["version"]) for entry in locked)


def text(wanted: Sequence[Mapping[str, Any]], versions: Sequence[str], *, generated: str) -> str:
    """Return the content of a Chart.lock, as Helm writes it. `generated` is a time in RFC 3339."""
    locked = [
        {"name": entry["name"], "repository": entry.get("repository") or "", "version": version}
        for entry, version in zip(wanted, versions, strict=True)
    ]
    lines = ["dependencies:"]
    for entry in locked:
        lines += [f"- name: {entry['name']}", f"  repository: {_quoted(entry['repository'])}"]
        lines += [f"  version: {_quoted(entry['version'])}"]
    return "\n".join([*lines, f"digest: {digest(wanted, locked)}", f'generated: "{generated}"', ""])


def _fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry.get(name) or "" for name in _FIELDS if entry.get(name) or name in _ALWAYS}


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[a-z][\w./:-]*|\d+\.\d+\.\d+[\w.+-]*", value) else json.dumps(value)
