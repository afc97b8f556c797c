"""The fleet's own files against their JSON schemas."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from deployer.fleet.violations import shown, validator, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.protocols import Validator

    from deployer.fleet.documents import Document
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem

SCHEMAS = Path(__file__).parent / "schemas"
Kind = Literal["cluster", "org", "preset"]
RULE = "schema"

_LATER = frozenset({"auth", "features", "freeze"})
"""Keys of a hub that are meant to come; nothing would heed them yet, so they are refused."""


def check(document: Document, kind: Kind) -> Iterator[Problem]:
    """Return what the schema of a kind of file has against a document."""
    for violation in violations(_checker(kind), document.data):
        message = violation.message
        if violation.at[-1:] and violation.at[-1] in _LATER and message.startswith("unknown key"):
            message = "is not supported by this version and would have no effect: remove it"
        yield document.problem(violation.at, _said(document.data, violation.at, message), RULE)


@cache
def _checker(kind: Kind) -> Validator:
    return validator(json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8")))


def _said(data: Any, at: KeyPath, message: str) -> str:
    """Return a message that names the hub when the trouble is in one."""
    if len(at) < 2 or at[0] != "hubs":
        return _about(at, message)
    hub = data["hubs"][at[1]]
    name = hub.get("name") if isinstance(hub, dict) else None
    subject = (
        f"hub `{name}`" if isinstance(name, str) else f"hub {at[1] + 1 if isinstance(at[1], int) else ''}"
    )
    return f"{subject}: {_about(at[2:], message)}"


def _about(at: KeyPath, message: str) -> str:
    return f"`{shown(at)}` {message}" if at else message
