"""Which permissions a resource of Terraform takes, in a table for each cloud: made, read, changed, deleted.

A table has its date and its sources in it. What it lacks of a type is what nobody has told us, and no policy
can be made of a plan with such a type.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CLOUDS = ("aws", "azure", "gcp")
_DIRECTORY = Path(__file__).parent
_PARTS = {
    "create": ("create", "read"),
    "destroy": ("delete", "read"),
    "forget": ("read",),
    "no-op": ("read",),
    "replace": ("create", "delete", "read"),
    "update": ("read", "update"),
}
"""What Terraform does to a resource for each kind of change: it reads whatever it has touched."""
EVERY_KIND = tuple(_PARTS)
_BUILT_IN = "terraform_"


@cache
def table(cloud: str) -> Mapping[str, Any]:
    """Return the table of a cloud. Nobody may change it."""
    found: dict[str, Any] = json.loads((_DIRECTORY / f"{cloud}.json").read_text(encoding="utf-8"))
    return found


def of_type(cloud: str, kind_of_resource: str, kinds: Iterable[str]) -> set[str] | None:
    """Return what these kinds of changes to a type of resource take; None when the type is not known."""
    if kind_of_resource.startswith(_BUILT_IN):
        return set()
    known = table(cloud)["types"].get(kind_of_resource)
    if known is None:
        return None
    return {action for kind in kinds for part in _PARTS[kind] for action in known.get(part, ())}


def of_data(cloud: str, kind_of_resource: str) -> set[str] | None:
    """Return what reading a type of data source takes; None when the type is not known."""
    known = table(cloud)["data"].get(kind_of_resource)
    if known is None:
        return set() if kind_of_resource.startswith(_BUILT_IN) else None
    return set(known)
