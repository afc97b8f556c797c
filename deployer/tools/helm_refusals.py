"""What Helm says when it cannot render a chart, taken apart: the template, the value and the cause.

Helm 3 says it in one line and Helm 4 in several, both from the outermost template to the innermost. The last
place is where it happened, and what comes after it is the cause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACE = re.compile(r"([\w.-]+/(?:charts/[\w.-]+/)*(?:templates|crds)/[^\s:()\"]+):(\d+)")
_PARSED = re.compile(r"YAML parse error on ([^\s:]+): (.*)")
_AT = re.compile(r".*\bat <(.*?)>: ?(.*)")
_IN_BRACKETS = re.compile(r".*\b(?:execution|parse) error at \([^)]*\): ?(.*)")
_CALLING = re.compile(r"^(?:error calling [\w.]+: )+")
_VALUE = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")
_SCHEMA = "values don't meet the specifications of the schema(s)"
_CHART = re.compile(r"([\w.-]+):\s*")
_POINTED = re.compile(r"\s*- at '(.*?)': (.*)")
_DOTTED = re.compile(r"\s*- (\S+): (.*)")
"""How Helm before 3.18 says it."""
_ADVICE = "Use --debug flag"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why Helm did not render: `template` begins with the chart's name and is "" when it is about none.

    `line` is 0 when it is not known, `value` a path below the values that the template sees, () when Helm
    names none.
    """

    cause: str
    template: str = ""
    line: int = 0
    value: tuple[str, ...] = ()


def refusal(stderr: str) -> Refusal:
    """Return what Helm said."""
    lines = (line.strip() for line in stderr.splitlines())
    text = " ".join(line for line in lines if line and not line.startswith(_ADVICE))
    text = text.removeprefix("Error: ")
    if parsed := _PARSED.search(text):
        return Refusal(cause=f"no YAML: {_cause(parsed[2].rpartition('yaml: ')[2])}", template=parsed[1])
    places = _PLACE.findall(text)
    template, line = places[-1] if places else ("", "0")
    at = _AT.match(text)
    told = at[2] if at else _told_in_brackets(text)
    used = values_in(at[1]) if at else ()
    return Refusal(
        cause=_cause(told), template=template, line=int(line), value=used[0] if len(used) == 1 else ()
    )


def refused_values(stderr: str) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """Return the values that a chart's schema forbids, by Helm's own check: chart, path and cause of each."""
    _, found, told = stderr.partition(_SCHEMA)
    values, chart = [], ""
    for line in told.splitlines()[1:] if found else ():
        if header := _CHART.fullmatch(line):
            chart = header[1]
        elif pointed := _POINTED.fullmatch(line):
            parts = pointed[1].split("/")[1:]
            at = tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)
            values.append((chart, at, pointed[2]))
        elif dotted := _DOTTED.fullmatch(line):
            at = () if dotted[1] == "(root)" else tuple(dotted[1].split("."))
            values.append((chart, at, dotted[2]))
    return tuple(values)


def values_in(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the paths of the values that a piece of a template names, each once."""
    found = (tuple(path[1:].split(".")) for path in _VALUE.findall(text))
    return tuple(dict.fromkeys(found))


def _told_in_brackets(text: str) -> str:
    told = _IN_BRACKETS.match(text)
    return told[1] if told else text


def _cause(text: str) -> str:
    return _CALLING.sub("", text).strip() or "no reason given"
