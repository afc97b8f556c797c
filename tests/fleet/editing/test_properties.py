"""Random edits of random files: everything that an edit is not about keeps every byte."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from deployer.fleet.editing.editor import edited
from deployer.fleet.editing.edits import (
    AppendItem,
    CommentOut,
    DeleteEntry,
    EditRefused,
    InsertEntry,
    InsertItem,
    Lift,
    RenameKey,
    SetValue,
)
from tests.fleet.editing.yaml_texts import data_of

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath

NEW = "a new value"
SCALARS = (
    "1",
    "1.10",
    "x",
    "'a # b'",
    '"q: \\"z"',
    "",
    "~",
    "é🙂",
    "true",
    "2026-01-01",
    "{}",
    "[]",
    "[1, 'b']",
)
"""How values are written that take one line."""
MULTILINE = ("|", "|+", "|2-", ">-")


@dataclass
class Writer:
    """Writes a random file in a random layout, and remembers the path of each of its values."""

    random: Random
    deepest: int
    lines: list[str] = field(default_factory=list)
    paths: list[KeyPath] = field(default_factory=list)
    keys: int = 0

    def comments(self, indent: int) -> None:
        while self.random.random() < 0.2:
            self.lines.append(self.random.choice(["", " " * indent + self.comment(), self.comment()]))

    def comment(self) -> str:
        return f"# note {len(self.lines)}: - 'x"

    def behind(self) -> str:
        return f"  {self.comment()}" if self.random.random() < 0.2 else ""

    def map(self, at: KeyPath, indent: int, first: str = "") -> None:
        for number in range(self.random.randint(1, 4)):
            if number:
                self.comments(indent)
            self.keys += 1
            name = f"key{self.keys}"
            self.paths.append((*at, name))
            written = self.random.choice([name, f"'{name}'", f'"{name}" '])
            start = first if first and not number else " " * indent
            self.value((*at, name), indent, f"{start}{written}:", in_map=True)

    def list(self, at: KeyPath, indent: int) -> None:
        for index in range(self.random.randint(1, 3)):
            self.paths.append((*at, index))
            if self.random.random() < 0.3:
                self.map((*at, index), indent + 2, " " * indent + "- ")
            else:
                self.value((*at, index), indent, " " * indent + "-", in_map=False)

    def value(self, at: KeyPath, indent: int, start: str, *, in_map: bool) -> None:
        step = self.random.choice([2, 4])
        kind = (
            self.random.choice(["map", "list", "block", *["scalar"] * 3])
            if indent < self.deepest
            else "scalar"
        )
        if kind == "scalar":
            self.lines.append(f"{start} {self.random.choice(SCALARS)}{self.behind()}")
        elif kind == "block":
            header = self.random.choice(MULTILINE)
            self.lines.append(f"{start} {header}")
            inner = " " * (indent + 2)
            self.lines += [inner + "text", inner + "  # no comment", *[""] * self.random.randint(0, 2)]
        elif kind == "map" and in_map:
            anchor = self.random.choice(["", "", f" &a{len(self.lines)}"])
            self.lines.append(f"{start}{anchor}{self.behind()}")
            self.comments(indent + step)
            self.map(at, indent + step)
        else:
            self.lines.append(f"{start}{self.behind()}")
            self.list(at, indent + self.random.choice([0, step] if in_map else [step]))


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[KeyPath]]:
    """A file, and the paths of all that is in it."""
    # Smaller numbers make smaller files, which helps to find the smallest one that fails.
    writer = Writer(Random(draw(st.integers(0, 2**32))), deepest=draw(st.integers(0, 12)))
    writer.comments(0)
    writer.map((), 0)
    line_break = draw(st.sampled_from(["\n", "\r\n"]))
    # A block at the end has another value without a line break.
    end = draw(st.sampled_from(["", line_break])) if "#" not in writer.lines[-1] else line_break
    return line_break.join(writer.lines) + end, writer.paths


def value(data: Any, at: KeyPath) -> Any:
    for key in at:
        data = data[key]
    return data


def notes(text: str) -> list[str]:
    return re.findall(r"# note \d+", text)


def is_one_piece(before: str, after: str, most: int) -> bool:
    """Say whether two texts differ in one piece only, which takes at most so many characters of the first."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return len(before) - start - end <= most


@given(files(), st.data())
def test_another_value_changes_nothing_else(file: tuple[str, list[KeyPath]], data: st.DataObject) -> None:
    text, paths = file
    at = data.draw(st.sampled_from(paths))
    old = value(data_of(text), at)
    after = edited(text, [SetValue(at=at, value=NEW)])
    assert value(data_of(after), at) == NEW
    if not isinstance(old, dict | list):
        assert notes(after) == notes(text)
        assert is_one_piece(text, after, most=80)


@given(files(), st.data())
def test_another_name_changes_nothing_else(file: tuple[str, list[KeyPath]], data: st.DataObject) -> None:
    text, paths = file
    at = data.draw(st.sampled_from([path for path in paths if isinstance(path[-1], str)]))
    after = edited(text, [RenameKey(at=at, to="renamed")])
    assert value(data_of(after), (*at[:-1], "renamed")) == value(data_of(text), at)
    assert after.replace("renamed", str(at[-1])) == text


@given(files(), st.data())
def test_a_new_entry_is_new_lines_only(file: tuple[str, list[KeyPath]], data: st.DataObject) -> None:
    text, paths = file
    content = data_of(text)
    at = data.draw(st.sampled_from([(), *(path for path in paths if isinstance(value(content, path), dict))]))
    keys = [None, *value(content, at)]
    edit = InsertEntry(at=at, key="new", value=[NEW], after=data.draw(st.sampled_from(keys)))
    after = edited(text, [edit])
    assert value(data_of(after), (*at, "new")) == [NEW]
    assert is_one_piece(text, after, most=0)
    if value(content, at):
        assert edited(after, [DeleteEntry(at=(*at, "new"))]).rstrip() == text.rstrip()


@given(files(), st.data())
def test_a_new_item_is_a_new_line_only(file: tuple[str, list[KeyPath]], data: st.DataObject) -> None:
    text, paths = file
    content = data_of(text)
    lists = [path for path in paths if isinstance(value(content, path), list)]
    if lists:
        at = data.draw(st.sampled_from(lists))
        after = edited(text, [InsertItem(at=at, value=NEW)])
        assert value(data_of(after), at) == [NEW, *value(content, at)]
        assert is_one_piece(text, after, most=0)


@given(files(), st.data())
def test_a_last_item_is_new_lines_only(file: tuple[str, list[KeyPath]], data: st.DataObject) -> None:
    text, paths = file
    content = data_of(text)
    lists = [path for path in paths if isinstance(value(content, path), list) and value(content, path)]
    if lists:
        at = data.draw(st.sampled_from(lists))
        try:
            after = edited(text, [AppendItem(at=at, text=f"# about\nname: {NEW}\n")])
        except EditRefused as error:
            # Lines behind a block that keeps those at its end would no more be a part of it.
            assert "|+" in text, error  # noqa: PT017
            return
        assert value(data_of(after), at) == [*value(content, at), {"name": NEW}]
        assert is_one_piece(text, after, most=0)


@given(files(), st.data())
def test_what_is_deleted_goes_alone(file: tuple[str, list[KeyPath]], data: st.DataObject) -> None:
    text, paths = file
    at = data.draw(st.sampled_from(paths))
    try:
        after = edited(text, [DeleteEntry(at=at)])
    except EditRefused as error:
        # Empty lines would become part of a block above that keeps those at its end.
        assert len(value(data_of(text), at[:-1])) == 1 or "|+" in text, error  # noqa: PT017
        return
    rest = value(data_of(text), at[:-1])
    del rest[at[-1]]
    assert value(data_of(after), at[:-1]) == rest
    assert is_one_piece(text, after, most=len(text))
    # A line is as it was, or it begins an item now, because what stood behind the dash is gone.
    known = {re.sub(r"^[- ]*", "", line) for line in text.splitlines()}
    assert {re.sub(r"^[- ]*", "", line) for line in after.splitlines()} <= {"", *known}


@given(files(), st.data())
def test_what_is_commented_out_can_be_read_back(file: tuple[str, list[KeyPath]], data: st.DataObject) -> None:
    text, paths = file
    at = data.draw(st.sampled_from(paths))
    try:
        after = edited(text, [CommentOut(at=at)])
    except EditRefused:
        return
    assert notes(after) == notes(text)
    assert len(after.splitlines()) == len(text.splitlines())
    changed = [(a, b) for a, b in zip(text.splitlines(), after.splitlines(), strict=True) if a != b]
    assert all(b.replace("# ", "", 1) == a for a, b in changed)


@given(files(), st.data())
def test_what_moves_up_loses_indentation_only(file: tuple[str, list[KeyPath]], data: st.DataObject) -> None:
    text, paths = file
    content = data_of(text)
    maps = [path for path in paths if isinstance(value(content, path), dict) and isinstance(path[-1], str)]
    if not maps:
        return
    at = data.draw(st.sampled_from(maps))
    try:
        after = edited(text, [Lift(at=at)])
    except EditRefused:
        return
    parent = value(content, at[:-1])
    assert value(data_of(after), at[:-1]) == {**parent.pop(at[-1]), **parent}
    assert notes(after) == notes(text)
    before = [line.strip() for line in text.splitlines()]
    kept = [line.strip() for line in after.splitlines()]
    gone = next(number for number, line in enumerate([*before, ""]) if line.startswith(_names(str(at[-1]))))
    comment = [before[gone][before[gone].find("#") :]] if "#" in before[gone] else []
    assert kept == [*before[:gone], *comment, *before[gone + 1 :]]


def _names(key: str) -> tuple[str, ...]:
    return (f"{key}:", f"'{key}':", f'"{key}" :')
