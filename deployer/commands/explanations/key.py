"""One path of a hub's values, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.commands.explanations.branches import branches, place
from deployer.commands.explanations.hub import heading, without_effect
from deployer.fleet.keypath import shown
from deployer.fleet.problems import counted
from deployer.operations.explain.plain_data import readable
from deployer.render.one_line import one_line
from deployer.render.text import as_yaml

if TYPE_CHECKING:
    from deployer.commands.explanations.page import Page
    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.key import KeyExplanation
    from deployer.operations.explain.secret import Secret
    from deployer.render.provenance import Saying

_COLUMN = 10
_NARROWEST_VALUE, _PROSE = 24, 80
_MARKS = {"counts": ">", "counts in part": "~", "overridden": " "}
_TYPES = {
    "array": "list",
    "boolean": "true or false",
    "integer": "whole number",
    "object": "map",
    "string": "text",
}
_NAMED = 3


def write_key(page: Page, explanation: KeyExplanation) -> None:
    """Write the value, who says what about it, and what it means."""
    if explanation.leaves:
        _subtree(page, explanation)
    else:
        _value(page, explanation)
        page.heading("said by, weakest first" if explanation.sayings else "nobody says anything about it")
        _sayings(page, explanation)
    page.blank()
    _facts(page, explanation)


def _value(page: Page, explanation: KeyExplanation) -> None:
    path, value = shown(explanation.at), readable(explanation.value)
    if value is None:
        page.line((path, "bold"), ": not set", cut=False)
    elif isinstance(value, str | list) and value and (not isinstance(value, str) or "\n" in value):
        page.line((path, "bold"), ":", cut=False)
        text = value if isinstance(value, str) else as_yaml({"": value}).partition("\n")[2]
        for line in text.rstrip("\n").split("\n"):
            page.line((line, "green"), indent=2 if line else 0, cut=False)
    else:
        page.line((path, "bold"), ": ", (one_line(explanation.value), "green"), cut=False)


def _sayings(page: Page, explanation: KeyExplanation) -> None:
    rows = [
        (saying, _said(saying, explanation), place(saying.origin, saying.line))
        for saying in explanation.sayings
    ]
    column = _column(page, rows)
    for saying, text, where in rows:
        style = "dim" if saying.effect == "overridden" else ""
        mark = (f"{_MARKS[saying.effect]} ", "green")
        if page.narrow:
            page.line(mark, (text, style))
            page.line((where, style), indent=4, hang=0)
        else:
            short = text if len(text) <= column else text[: column - 1] + "…"
            page.line(mark, (f"{short:<{column}}  {where}", style))


def _column(page: Page, rows: list[tuple[Saying, str, str]]) -> int:
    """Return how wide values may be, so that the places beside them fit."""
    widest = max((len(text) for _, text, _ in rows), default=0)
    left = (page.width or 2 * _PROSE) - max((len(where) for _, _, where in rows), default=0) - 4
    return min(widest, max(left, _NARROWEST_VALUE))


def _said(saying: Saying, explanation: KeyExplanation) -> str:
    text = one_line(saying.value)
    return text if saying.at == explanation.at else f"{text} at {shown(saying.at[-1:])}"


def _subtree(page: Page, explanation: KeyExplanation) -> None:
    number = counted(len(explanation.leaves), "value")
    page.line((shown(explanation.at), "bold"), f": {number}, by layer, weakest first")
    for saying in explanation.sayings:
        found = [(at, leaf) for at, leaf in explanation.leaves if leaf.origin is saying.origin]
        page.blank()
        heading(page, saying.origin)
        above = len(explanation.at)
        if found:
            relative = ((at, (one_line(leaf.value),)) for at, leaf in found)
            branches(page, saying.origin, relative, above=above)
        else:
            page.line((f"{one_line(saying.value)}: {_nothing_left(saying)}", "dim"), indent=5)


def _nothing_left(saying: Saying) -> str:
    if saying.effect == "overridden":
        return "overridden by what follows"
    return "takes away what is above" if saying.value is None else "adds nothing"


def _facts(page: Page, explanation: KeyExplanation) -> None:
    known = explanation.knowledge
    for origin in (each.origin for each in explanation.sayings if each.effect != "overridden"):
        if origin.function and not explanation.leaves:
            page.prose("computed", f"by `{origin.function}`: {origin.about}", column=_COLUMN)
    idle = without_effect(explanation.layers, explanation.at)
    if idle:
        page.prose("effect", f"none: {idle}", column=_COLUMN)
    if known.description:
        of = "" if known.described == explanation.at else f"(of {shown(known.described)}) "
        page.prose("meaning", of + _beginning(known.description), column=_COLUMN)
    if known.enum:
        page.prose("one of", ", ".join(map(one_line, known.enum)), column=_COLUMN)
    elif known.types:
        page.prose("type", " or ".join(_TYPES.get(kind, kind) for kind in known.types), column=_COLUMN)
    if not explanation.leaves:
        page.prose("default", _default(explanation), column=_COLUMN)
    page.prose("secret", _secret(explanation.secret, explanation.at), column=_COLUMN)


def _default(explanation: KeyExplanation) -> str:
    if explanation.layers.lacks(explanation.at):
        return "not known, the package is not at hand"
    if explanation.default is None and explanation.knowledge.default:
        return one_line(explanation.knowledge.default[0])
    return "none" if explanation.default is None else one_line(explanation.default)


def _beginning(description: str) -> str:
    """Return the first paragraph; the rest may be a page."""
    return " ".join(description.partition("\n\n")[0].split())


def _secret(secret: Secret, at: KeyPath) -> str:
    files = ", ".join(f"{name}:{line}" for name, line in secret.files)
    if secret.how == "no":
        return "no encrypted file says anything here"
    if secret.how == "followed":
        return "yes, it follows an encrypted value"
    if secret.how == "overridden":
        return f"no, what {files} says is overridden"
    named = ", ".join(shown(unknown[len(at) :]) or "it" for unknown in secret.unknown[:_NAMED])
    more = f" and {len(secret.unknown) - _NAMED} more" if len(secret.unknown) > _NAMED else ""
    return f"yes: {files} sets {named}{more}"
