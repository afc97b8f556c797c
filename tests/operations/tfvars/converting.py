"""Texts of .tfvars files made into blocks, which the schemas take."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator

from deployer.fleet.schema_files import whole
from deployer.operations.tfvars.conversion import Conversion, convert

if TYPE_CHECKING:
    from pathlib import Path


def converted(path: Path, provider: str, text: str) -> Conversion:
    path.write_text(dedent(text), encoding="utf-8")
    made = convert(path, provider)
    assert not problems(made.infrastructure)
    assert not list(Draft7Validator(whole("import-tfvars")).iter_errors(made.plain()))
    return made


def problems(block: dict[str, Any]) -> list[str]:
    schema = whole("cluster")["properties"]["infrastructure"]
    return [error.message for error in Draft7Validator(schema).iter_errors(block)]


def left_out(made: Conversion) -> list[tuple[str, int, str]]:
    return [(each.key, each.line, each.reason) for each in made.left_out]
