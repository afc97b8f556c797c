"""Which hubs a file reaches, and which of its keys have no effect, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.commands.explanations.branches import place
from deployer.fleet.keypath import shown
from deployer.fleet.problems import counted
from deployer.render.one_line import one_line

if TYPE_CHECKING:
    from deployer.commands.explanations.page import Page
    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.where import FileExplanation, Idle

_NAMED = 6


def write_file(page: Page, explanation: FileExplanation) -> None:
    """Write the hubs by cluster, then the keys that are overridden, then those of no use."""
    number = sum(map(len, explanation.hubs.values()))
    page.line((explanation.file, "bold"), f" reaches {counted(number, 'hub')}")
    if explanation.note:
        page.line(explanation.note, indent=2)
    for cluster, hubs in explanation.hubs.items():
        page.line((f"{cluster}: ", "cyan"), ", ".join(hubs), indent=2, hang=2)
    if explanation.keys:
        page.blank()
        page.line(_total(explanation))
    overridden = [each for each in explanation.idle if each.effect.reason == "overridden"]
    useless = [each for each in explanation.idle if each.effect.reason != "overridden"]
    _section(page, "overridden by stronger layers", overridden, explanation)
    _section(page, "without effect", useless, explanation)


def _total(explanation: FileExplanation) -> str:
    keys = counted(explanation.keys, "key")
    several = sum(map(len, explanation.hubs.values())) > 1
    parts = [
        f"{explanation.nowhere} without effect{' in any of them' if several else ''}",
        f"{explanation.partly} without effect in some",
    ]
    told = [part for part in parts if not part.startswith("0 ")]
    return f"{keys}: {', '.join(told)}" if told else f"{keys}, and all have an effect"


def _section(page: Page, title: str, idle: list[Idle], explanation: FileExplanation) -> None:
    if not idle:
        return
    page.heading(title)
    by_key: dict[KeyPath, list[Idle]] = {}
    for each in idle:
        by_key.setdefault(each.at, []).append(each)
    for at, reasons in by_key.items():
        first = reasons[0]
        gutter = f"{first.line or '':>{3 if page.narrow else 4}} "
        whole = at == first.effect.key
        value = f": {one_line(first.effect.value)}" if whole else f" ({counted(first.keys, 'key')})"
        page.line((gutter, "dim"), shown(at), value)
        indent = len(gutter) + page.step
        for each in reasons[:_NAMED]:
            page.line((_reason(each, explanation), "dim"), indent=indent, hang=0)
        if len(reasons) > _NAMED:
            page.line((f"and by {len(reasons) - _NAMED} others", "dim"), indent=indent)


def _reason(each: Idle, explanation: FileExplanation) -> str:
    where = "" if each.everywhere else f"in {_named(each.hubs, explanation)}: "
    by = each.effect.by
    source = place(by[0], by[0].line(by[1])) if by else ""
    match each.effect.reason:
        case "overridden":
            return where + (f"{one_line(by[2])} of {source}" if by else "by stronger layers")
        case "repeats":
            return f"{where}repeats {source}"
        case "unknown":
            return f"{where}no chart has such a key"
        case "outside":
            return f"{where}beside `basehub`, where the chart `daskhub` does not look"
        case "switched off":
            return f"{where}`{each.at[0]}` is not enabled"
        case "adds nothing":
            return f"{where}an empty map adds nothing, and takes nothing away"
        case _:
            return f"{where}there is nothing to remove"


def _named(hubs: tuple[str, ...], explanation: FileExplanation) -> str:
    names = hubs[:_NAMED]
    if len(explanation.hubs) == 1:
        (cluster,) = explanation.hubs
        names = tuple(name.removeprefix(f"{cluster} ") for name in names)
    more = f" and {len(hubs) - _NAMED} more" if len(hubs) > _NAMED else ""
    return ", ".join(names) + more
