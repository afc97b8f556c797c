"""Code and data within values: whether those can read them who are to."""

from __future__ import annotations

import json
import re
import sys
import warnings
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from deployer.fleet.nodes import NotYaml, compose
from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.code import files, python, texts_of_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues
    from deployer.rules.values.parts.code import Code

_OF_DATA = (".json", ".yaml", ".yml", ".toml")
_TEMPLATE = ("{{", "{%", "${")
_QUIET = Lock()


@rule()
def embedded_python(release: HubValues) -> Iterator[Finding]:
    """Want the Python in values to compile: `hub.extraConfig` and files whose name ends in `.py`.

    A hub does not start with a syntax error in it, and the old one is gone by then.
    """
    for code in python(release):
        error = _syntax_error(code.text)
        if error is not None and not release.unknown(code.at):
            yield _in_text(release, code, error.lineno or 1, f"not Python: {error.msg}")


@rule("warning")
def embedded_data(release: HubValues) -> Iterator[Finding]:
    """Want files for the hub and for servers to be what their names say: JSON or YAML.

    A program that reads such a file fails in each server, or goes on without it. A file with `data` instead
    of `stringData` is written by the chart, for names that end in .yaml, .yml, .json or .toml.
    """
    for code in texts_of_files(release):
        problem = _unreadable(code)
        if problem is not None and not release.unknown(code.at):
            yield _in_text(release, code, *problem)
    for file in files(release):
        if file.data.get("data") and file.suffix not in _OF_DATA:
            message = f"`data` makes files of the kinds {', '.join(_OF_DATA)} only: write `stringData`"
            yield release.finding((*file.at, "data"), message)


RULES = (embedded_python, embedded_data)


def _in_text(release: HubValues, code: Code, line: int, message: str) -> Finding:
    """Return a finding in a line of a text; one that is no literal block tells the line in words."""
    layer, at = release.merged.origin_path(code.at)
    if layer.document is None or at not in layer.document.blocks:
        return release.finding_in(layer, at, f"{message} (line {line} of the text)")
    return release.finding_in(layer, at, message, line=line)


# Hubs share files, and compiling is slow beside the rest.
@lru_cache(maxsize=256)
def _syntax_error(text: str) -> SyntaxError | None:
    try:
        # Warnings have one state for all threads.
        with _QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<values>", "exec", dont_inherit=True)
    except SyntaxError as error:
        # Quotes may be nested in f-strings since Python 3.12, which hubs have.
        newer = sys.version_info < (3, 12) and error.msg.startswith("f-string")
        return None if newer else error
    except ValueError:
        return SyntaxError("a character that it does not take")
    except (RecursionError, MemoryError):
        return SyntaxError("nested too deep")
    return None


def _unreadable(code: Code) -> tuple[int, str] | None:
    """Return the line and the words of what is wrong with a text of data."""
    read = _READERS.get(code.suffix)
    if read is None or any(mark in code.text for mark in _TEMPLATE):
        return None
    return read(code.text)


def _not_json(text: str) -> tuple[int, str] | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno, f"not JSON: {error.msg}"
    except ValueError:  # Python's own limit, which those of other languages are far below
        return 1, "not JSON: a number with thousands of digits"
    except RecursionError:
        return 1, "not JSON: nested too deep"
    return None


def _not_yaml(text: str) -> tuple[int, str] | None:
    first = 0
    for part in re.split(r"(?m)^(?=---(?:\s|$))", text):
        try:
            compose(part, "")
        except NotYaml as error:
            return first + error.problem.line, error.problem.message
        first += part.count("\n")
    return None


_READERS = {".json": _not_json, ".yaml": _not_yaml, ".yml": _not_yaml}
