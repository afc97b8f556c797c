"""The fleet's own files against their JSON schemas."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from deployer.fleet.schema_files import SCHEMAS, whole
from deployer.fleet.subjects import in_hub
from deployer.fleet.violations import IN_QUOTES, Violation, validator, violations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.checker import Checker
    from deployer.fleet.documents import Document
    from deployer.fleet.problems import Problem

__all__ = ["SCHEMAS", "check", "definition", "described", "forbidden"]
Kind = Literal["cluster", "org", "outputs", "preset", "rule"]
RULE = "schema"

_MOST = 1000


def check(document: Document, kind: Kind) -> Iterator[Problem]:
    """Return what the schema of a kind of file has against a document."""
    found = forbidden(document.data, kind)
    for violation in islice(found, _MOST):
        subject, at = in_hub(document.data, violation.at)
        told = subject + _told(document, violation).about(at)
        if kind == "outputs":
            told += f"; `deployer infra output {document.path.parent.name}` writes the file anew"
        yield document.problem(violation.at, told, RULE)
    if next(found, None):
        yield document.problem((), f"more than {_MOST:,} problems: the rest is not shown", RULE)


def forbidden(data: Any, kind: Kind) -> Iterator[Violation]:
    """Return everything that the schema of a kind of file forbids in its data."""
    return violations(_checker(kind), data)


def _told(document: Document, violation: Violation) -> Violation:
    """Return a violation in the words of the fleet's own files, which hold no secrets."""
    message = violation.message
    if message.endswith(IN_QUOTES):
        return replace(violation, message=f'{message}: `"{document.texts[violation.at]}"`')
    return violation


@cache
def definition(kind: Kind, name: str) -> Mapping[str, Any]:
    """Return a part of a schema that several of its keys share."""
    part: Mapping[str, Any] = whole(kind)["definitions"][name]
    return part


def described(kind: Kind, *at: str) -> Mapping[str, Any]:
    """Return what a schema says of a key, whose path leads through maps and the items of lists."""
    schema = part = whole(kind)
    for key in at:
        part = _inner(schema, part)["properties"][key]
    return part


def _inner(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the map that a part of a schema is about: itself, what it refers to, or the items of a list."""
    while "properties" not in part:
        name = part.get("$ref", "").removeprefix("#/definitions/")
        part = schema["definitions"][name] if name else part["items"]
    return part


@cache
def _checker(kind: Kind) -> Checker:
    return validator(whole(kind))
