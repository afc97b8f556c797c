"""The entry of a new hub in cluster.yaml, as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.editing import emit
from deployer.fleet.editing.emit import scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.operations.new.answers import NewHub

_ENTRY = """\
name: {name}
display_name: {display_name}
domain: {domain}
helm_chart: basehub
"""
_HOMES_LATER = """\
# A first deploy goes without homes: nodes of this cluster need the address of the hub's own NFS server,
# which is there after it. Then write this in place of these lines, and take `nfs` out of {file}:
# features:
#   homes: {{kind: server, address: ADDRESS}}
features:
  shared_directories: false
"""
_ENCRYPTED = """\
# What is secret belongs into a file that sops encrypts:
# - {file}
"""


def entry(hub: NewHub, *, values_file: str, secret_file: str | None, offset: int = 2) -> str:
    """Return the entry of a hub, beginning at the left margin.

    Lists stand `offset` columns behind their key. `secret_file` is one that the hub needs and does not have.
    """
    text = _ENTRY.format(
        name=scalar(hub.name), display_name=scalar(hub.display_name), domain=scalar(hub.domain)
    )
    if hub.sign_in.auth:
        lines = emit.entry("auth", dict(hub.sign_in.auth), column=0, list_offset=offset)
        text += "".join(f"{line}\n" for line in lines)
    if hub.sign_in.auth.get("type") == "temporary":
        # Nobody comes back to a home.
        lines = emit.entry("features", {"homes": {"kind": "none"}}, column=0, list_offset=offset)
        text += "".join(f"{line}\n" for line in lines)
    if hub.homes_later:
        text += _HOMES_LATER.format(file=values_file)
    text += "".join(_items("presets", hub.presets, offset))
    text += "".join(_items("helm_chart_values_files", [values_file], offset))
    if secret_file:
        text += _indented(_ENCRYPTED.format(file=secret_file), offset)
    return text + staging(hub.staged_by, hub.staging_for, offset)


def staging(staged_by: str | None, staging_for: Iterable[str], offset: int) -> str:
    """Return the lines that say which hubs come before and after."""
    before = f"staged_by: {scalar(staged_by)}\n" if staged_by else ""
    return before + "".join(_items("staging_for", staging_for, offset))


def _items(key: str, values: Iterable[str], offset: int) -> Iterator[str]:
    items = [f"{' ' * offset}- {scalar(each)}\n" for each in values]
    if items:
        yield f"{key}:\n"
        yield from items


def _indented(text: str, offset: int) -> str:
    return "".join(f"{' ' * offset}{line}" for line in text.splitlines(keepends=True))
