"""Mending what has one right answer: for some rules, the edits that make a problem go away.

A fix is tied to a rule and looks at the file again, so that a problem has to carry no more than its place.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from deployer.fleet import schema
from deployer.fleet.editing.drafts import Drafts
from deployer.fleet.editing.edits import DeleteEntry, EditRefused, RemoveComment, RenameKey, SetValue
from deployer.fleet.editing.intended import intended
from deployer.fleet.editing.writing import write
from deployer.fleet.load import load
from deployer.fleet.positions import Mark
from deployer.fleet.rule_files import rule_files
from deployer.fleet.spelling import only_near
from deployer.fleet.violations import IN_QUOTES
from deployer.operations.chart_keys import Readers
from deployer.rules.values.parts.authentication import CONFIG
from deployer.rules.values.parts.settings import renamed as renamed_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from deployer.fleet.documents import Document
    from deployer.fleet.editing.drafts import Change
    from deployer.fleet.editing.edits import Edit
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem
    from deployer.fleet.violations import Violation
    from deployer.operations.chart_keys import Reader
    from deployer.session import Session

    Forbidden = Callable[[Any], Iterable[Violation]]
    Fix = Callable[[Document, Collection[Problem]], Iterator[Edit]]

_UNKNOWN = "unknown key `"
_VALUES = ((), ("values",), ("basehub",))
"""Where values begin in a file: at its top, in a preset below a key, in a file of `daskhub` below another."""


@dataclass(frozen=True, kw_only=True)
class Fixes:
    """What would mend problems: how many edits, in which files, and why some cannot be made."""

    edits: int
    changes: tuple[Change, ...] = field(repr=False)
    refused: tuple[str, ...] = ()


def plan(session: Session, root: Path, problems: Iterable[Problem]) -> Fixes:
    """Return what mends some of the problems that `validate` has found. Nothing is written."""
    fleet, _ = load(root, state=session.state)
    readers = Readers(session=session, fleet=fleet)
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_file[problem.path].append(problem)
    drafts, total = Drafts(root=fleet.root), 0
    refused: list[str] = []
    of_rules, _ = rule_files(fleet.root)
    for document in (*fleet.documents, *of_rules):
        found = by_file[document.name]
        wanted = dict.fromkeys((*_edits(document, found), *_chart_keys(readers, document, found)))
        edits, reasons = _possible(drafts, document, wanted)
        drafts = drafts.edited(document.path, edits) if edits else drafts
        total += len(edits)
        refused += reasons
    return Fixes(edits=total, changes=drafts.changes, refused=tuple(dict.fromkeys(refused)))


def carry_out(fixes: Fixes) -> None:
    """Write all files, or none.

    Raises:
        DeployerError: a file cannot be written, or is not any more what it was.
    """
    write(fixes.changes)


def _edits(document: Document, problems: Collection[Problem]) -> list[Edit]:
    """Return what mends problems of one file, each edit once: several rules may want the same."""
    by_rule: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems if not document.encrypted else ():
        by_rule[problem.rule].append(problem)
    found = (edit for rule in by_rule if rule in FIXES for edit in FIXES[rule](document, by_rule[rule]))
    return list(dict.fromkeys(found))


def _possible(
    drafts: Drafts, document: Document, edits: Iterable[Edit]
) -> tuple[tuple[Edit, ...], list[str]]:
    """Return the edits that can be made, together, and why the others cannot."""
    edits = tuple(edits)
    possible: tuple[Edit, ...] = ()
    refused: list[str] = []
    if _can_be_made(drafts, document, edits):
        return edits, refused
    for edit in edits:
        try:
            drafts.edited(document.path, (*possible, edit))
        except EditRefused as error:
            refused.append(error.message)
        else:
            possible = (*possible, edit)
    return possible, refused


def _can_be_made(drafts: Drafts, document: Document, edits: tuple[Edit, ...]) -> bool:
    try:
        drafts.edited(document.path, edits)
    except EditRefused:
        return False
    return True


def renamed(document: Document, problems: Collection[Problem]) -> Iterator[Edit]:
    """Give a key that is unknown the name of the one known key that is very much like it."""
    kind = _kind(document)
    marks = _marks(problems)
    if kind is None:
        return
    forbidden = partial(schema.forbidden, kind=kind)
    for violation in forbidden(document.data):
        if violation.kind == "unknown key" and document.mark(violation.at) in marks:
            yield from _renaming(document, forbidden, violation)


def _renaming(document: Document, forbidden: Forbidden, violation: Violation) -> Iterator[Edit]:
    name, place = str(violation.at[-1]), violation.at[:-1]
    meant = only_near(name, violation.known)
    if meant is None or meant in document.value(place):
        return
    edit = RenameKey(at=violation.at, to=meant)
    new = (*place, meant)
    found = forbidden(intended(document.data, [edit]))
    wrong = [each for each in found if each.at[: len(new)] == new]
    # Under a name that wants something else it would be no better.
    if not wrong:
        yield edit
    elif wrong[0].at == new and _is_number_for_text(wrong[0]):
        yield edit
        yield SetValue(at=violation.at, value=document.texts[violation.at])


def _chart_keys(readers: Readers, document: Document, problems: Iterable[Problem]) -> Iterator[Edit]:
    """Give a key that no chart knows the name of the one that is very much like it, if all hubs agree."""
    marks = _marks(each for each in problems if each.rule == "chart-schema" and _UNKNOWN in each.message)
    if not marks or document.encrypted:
        return
    wanted = [_renamings(reader, document, marks) for reader in readers.of(document)]
    for at, edits in wanted[0].items() if wanted else ():
        if all(each.get(at) == edits for each in wanted):
            yield from edits


def _renamings(reader: Reader, document: Document, marks: Collection[Mark]) -> dict[KeyPath, list[Edit]]:
    found = reader.forbidden(document.data)
    return {
        each.at: list(_renaming(document, reader.forbidden, each))
        for each in found
        if each.kind == "unknown key" and document.mark(each.at) in marks
    }


def _is_number_for_text(violation: Violation) -> bool:
    value = violation.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and violation.message.endswith(IN_QUOTES)


def quoted(document: Document, problems: Collection[Problem]) -> Iterator[Edit]:
    """Put quotes around numbers, which stay as they are written."""
    marks = _marks(problems)
    for at, value in document.unusual:
        if isinstance(value, int | float) and document.mark(at) in marks:
            yield SetValue(at=at, value=document.texts[at])


def quoted_where_text_is_wanted(document: Document, problems: Collection[Problem]) -> Iterator[Edit]:
    """Put quotes around numbers of which a schema says that they must be text."""
    yield from quoted(document, [each for each in problems if IN_QUOTES in each.message])


def of_schema(document: Document, problems: Collection[Problem]) -> Iterator[Edit]:
    """Mend what a schema of ours says: names that are nearly right, and text without quotes."""
    yield from renamed(document, problems)
    yield from quoted_where_text_is_wanted(document, problems)


def without_ignores(document: Document, problems: Collection[Problem]) -> Iterator[Edit]:
    """Take away ignores that hide nothing: comments of which no rule is left, and entries of `ignore`."""
    marks = [Mark(each.line, each.column) for each in problems]
    for comment in document.comments:
        mark = Mark(comment.line, comment.column)
        if 0 < len(set(comment.rules)) == marks.count(mark):
            yield RemoveComment(mark=mark)
    entries = document.value(("ignore",))
    indexes = range(len(entries)) if isinstance(entries, list) else range(0)
    idle = [index for index in indexes if document.mark(("ignore", index)) in marks]
    if idle and len(idle) == len(indexes):
        yield DeleteEntry(at=("ignore",))
    else:
        yield from (DeleteEntry(at=("ignore", index)) for index in idle)


def new_names(document: Document, problems: Collection[Problem]) -> Iterator[Edit]:
    """Give settings in `hub.config` the names that they have now, where nothing has them yet."""
    marks = _marks(problems)
    for prefix in _VALUES:
        config = document.value((*prefix, *CONFIG))
        for section, block in config.items() if isinstance(config, dict) else ():
            for old, name in renamed_settings(str(section)).items():
                at = (*prefix, *CONFIG, section, old)
                there = isinstance(block, dict) and old in block and name.to not in block
                if there and name.taken and document.mark(at) in marks:
                    yield RenameKey(at=at, to=name.to)


FIXES: Mapping[str, Fix] = {
    schema.RULE: of_schema,
    "chart-schema": quoted_where_text_is_wanted,
    "misread-version": quoted,
    "unquoted-version": quoted,
    "image-number": quoted,
    "renamed-setting": new_names,
    "unused-ignore": without_ignores,
}
"""What mends the problems of a rule, by its id. There is no fix for what may be meant in several ways."""


def _kind(document: Document) -> schema.Kind | None:
    name = document.name
    if name == "config/org.yaml":
        return "org"
    if name.startswith("config/presets/"):
        return "preset"
    if name.startswith("config/rules/"):
        return "rule"
    return "cluster" if document.path.name == "cluster.yaml" else None


def _marks(problems: Iterable[Problem]) -> set[Mark]:
    return {Mark(each.line, each.column) for each in problems}
