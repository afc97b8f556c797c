"""The fleet's own files against their JSON schemas."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from deployer.fleet.subjects import in_hub
from deployer.fleet.violations import validator, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.protocols import Validator

    from deployer.fleet.documents import Document
    from deployer.fleet.problems import Problem

SCHEMAS = Path(__file__).parent / "schemas"
Kind = Literal["cluster", "org", "preset"]
RULE = "schema"

_LATER = frozenset({"auth", "features", "freeze"})
"""Keys of a hub that are meant to come; nothing would heed them yet, so they are refused."""
_NOT_YET = "is not supported by this version and would have no effect: remove it"


def check(document: Document, kind: Kind) -> Iterator[Problem]:
    """Return what the schema of a kind of file has against a document."""
    for violation in violations(_checker(kind), document.data):
        if violation.kind == "unknown key" and violation.at[-1] in _LATER:
            violation = replace(violation, kind="value", message=_NOT_YET)  # noqa: PLW2901
        subject, at = in_hub(document.data, violation.at)
        yield document.problem(violation.at, subject + violation.about(at), RULE)


@cache
def _checker(kind: Kind) -> Validator:
    return validator(json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8")))
