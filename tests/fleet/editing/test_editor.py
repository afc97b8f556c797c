"""Each kind of edit: what it makes of a text, what stays, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.editing.editor import edited
from deployer.fleet.editing.edits import (
    AppendItem,
    CommentOut,
    DeleteEntry,
    EditRefused,
    InsertEntry,
    InsertItem,
    Lift,
    RemoveComment,
    RenameKey,
    SetValue,
)
from deployer.fleet.positions import Mark

if TYPE_CHECKING:
    from deployer.fleet.editing.edits import Edit

ITEM = AppendItem(at=("l",), text="# about\nname: x\nlist:\n  - 1 # c\n")
CASES: dict[str, tuple[str, list[Edit], str]] = {
    "an item comes last, as it is written, behind what is about the one before": (
        "l:\n- name: a\n  b: 1\n  # about b\n\n# end\nz: 1\n",
        [ITEM],
        "l:\n- name: a\n  b: 1\n  # about b\n# about\n- name: x\n  list:\n    - 1 # c\n\n# end\nz: 1\n",
    ),
    "an item stands where the others stand": (
        "l:\r\n    -   a: 1",
        [ITEM],
        "l:\r\n    -   a: 1\r\n    # about\r\n    - name: x\r\n      list:\r\n        - 1 # c\r\n",
    ),
    "an empty list gets an item": (
        "l: [] # c\nz: 1\n",
        [ITEM],
        "l: # c\n  # about\n  - name: x\n    list:\n      - 1 # c\nz: 1\n",
    ),
    "a key without a value gets a list": (
        "l:\nz: 1\n",
        [AppendItem(at=("l",), text="name: x\n")],
        "l:\n  - name: x\nz: 1\n",
    ),
    "a list that is missing comes last": (
        "z: 1",
        [AppendItem(at=("l",), text="name: x\n")],
        "z: 1\nl:\n  - name: x\n",
    ),
    "a list in a file of comments": (
        "# c\n",
        [AppendItem(at=("l",), text="name: x\n")],
        "# c\nl:\n  - name: x\n",
    ),
    "a list on one line stays on it": ("l: [1]\n", [ITEM], "l: [1, {name: x, list: [1]}]\n"),
    "an item goes into what is merged where it is written": (
        "a: &a\n  l:\n    - 1\n",
        [AppendItem(at=("a", "l"), text="2\n")],
        "a: &a\n  l:\n    - 1\n    - 2\n",
    ),
    "a key keeps place, quotes and comments": (
        "# a\n'b' :  1 # c\n\n d: [x,y]\n".replace("\n d", "\nd"),
        [RenameKey(at=("b",), to="new")],
        "# a\n'new' :  1 # c\n\nd: [x,y]\n",
    ),
    "a key that would be a boolean gets quotes": ("a: 1\n", [RenameKey(at=("a",), to="no")], '"no": 1\n'),
    "a number as text gets quotes": (
        "tag: 1.10  # t\n",
        [SetValue(at=("tag",), value="1.10")],
        'tag: "1.10"  # t\n',
    ),
    "a text keeps its quotes": (
        "a: 'x'\nb: \"x\"\n",
        [SetValue(at=("a",), value="it's"), SetValue(at=("b",), value="é\x85")],
        "a: 'it''s'\nb: \"é\\u0085\"\n",
    ),
    "an anchor stays": ("a: &x 1\nb: 2\n", [SetValue(at=("a",), value=True)], "a: &x true\nb: 2\n"),
    "an alias gives way to a value": (
        "a: &x 1\nb: *x # c\n",
        [SetValue(at=("b",), value=None)],
        "a: &x 1\nb: null # c\n",
    ),
    "nothing becomes something": (
        "a: # c\nb:\n- \n",
        [SetValue(at=("a",), value="x"), SetValue(at=("b", 0), value=1.5)],
        "a: x # c\nb:\n- 1.5 \n",
    ),
    "a block becomes one line": (
        "a: |\n  x\n\n  y\n\n# c\nb: 1\n",
        [SetValue(at=("a",), value="x")],
        'a: "x"\n\n# c\nb: 1\n',
    ),
    "lines that a block keeps stay": (
        "a: |+\n  x\n\nb: 1\n",
        [SetValue(at=("a",), value=1)],
        "a: 1\n\nb: 1\n",
    ),
    "a list becomes one line": (
        "a: &x # c\n- 1\n\n- 2\n# d\nb: 1\n",
        [SetValue(at=("a",), value=[])],
        "a: &x [] # c\n# d\nb: 1\n",
    ),
    "a map where nothing was is a block": (
        "a: # c\n  # d\nb: {}  # e\nl:\n- x: {}",
        [SetValue(at=at, value={"m": {"k": 1}}) for at in (("a",), ("b",), ("l", 0, "x"))],
        "a: # c\n  m:\n    k: 1\n  # d\nb:  # e\n  m:\n    k: 1\nl:\n- x:\n    m:\n      k: 1",
    ),
    "an empty map with an anchor stays on its line": (
        "a: &x {}\nb: *x\n",
        [SetValue(at=("a",), value={"m": 1}), SetValue(at=("b",), value=2)],
        "a: &x {m: 1}\nb: 2\n",
    ),
    "an empty map that is the whole file becomes a block": (
        "# c\n{}\n",
        [InsertEntry(at=(), key="a", value={"m": 1})],
        "# c\na:\n  m: 1\n",
    ),
    "a map is written on one line": (
        "a:\n- x.yaml # c\n",
        [SetValue(at=("a", 0), value={"file": "x.yaml", "more": [1, "2"]})],
        'a:\n- {file: x.yaml, more: [1, "2"]} # c\n',
    ),
    "an entry goes with its lines": (
        "a: 1\n# above\nb: # c\n  - 1\n\n  - 2\n# below\nc: 3\n",
        [DeleteEntry(at=("b",))],
        "a: 1\n# above\n# below\nc: 3\n",
    ),
    "an item goes": (
        "a:\n  - 1\n  - b: 2\n    c: 3\n  - 4",
        [DeleteEntry(at=("a", 1)), DeleteEntry(at=("a", 2))],
        "a:\n  - 1\n",
    ),
    "the first entry of an item goes": (
        "- b: 2\n  c: 3\n".replace("- b", "a:\n- b"),
        [DeleteEntry(at=("a", 0, "b"))],
        "a:\n- c: 3\n",
    ),
    "the first entries of an item go": (
        "a:\n- b: 2\n  c: 3\n  d: 4\n",
        [DeleteEntry(at=("a", 0, "b")), DeleteEntry(at=("a", 0, "c"))],
        "a:\n- d: 4\n",
    ),
    "the first item of an item goes": ("a:\n- - 1\n  - 2\n", [DeleteEntry(at=("a", 0, 0))], "a:\n- - 2\n"),
    "the first entry of an item goes, the comment below it stays": (
        "a:\n- b: 2 # b\n  # c\n  c: 3\n",
        [DeleteEntry(at=("a", 0, "b"))],
        "a:\n-\n  # c\n  c: 3\n",
    ),
    "entries of a flow map go": (
        "a: {b: 1, c: 2, d: 3}\n",
        [DeleteEntry(at=("a", "b")), DeleteEntry(at=("a", "d"))],
        "a: {c: 2}\n",
    ),
    "the last items of a flow list go": (
        "a: [1, 2, 3]\n",
        [DeleteEntry(at=("a", 1)), DeleteEntry(at=("a", 2))],
        "a: [1, ]\n",
    ),
    "all of a file goes": ("# c\na: 1\nb: 2\n", [DeleteEntry(at=("a",)), DeleteEntry(at=("b",))], "# c\n"),
    "lines that a block keeps belong to it": ("a: |+\n  x\n\nb: 1\n", [DeleteEntry(at=("a",))], "b: 1\n"),
    "an entry becomes a comment": (
        "x:\n  a: # c\n\n    - 1\n  b: 2\n",
        [CommentOut(at=("x", "a"))],
        "x:\n  # a: # c\n\n  #   - 1\n  b: 2\n",
    ),
    "a new entry comes first": (
        "# head\n---\nname: x\n",
        [InsertEntry(at=(), key="schema", value=2)],
        "# head\n---\nschema: 2\nname: x\n",
    ),
    "a new entry comes behind another": (
        "a: 1\nb:\n- x # c\n\n# d\nc: 3\n",
        [InsertEntry(at=(), key="new", value=["z", "no"], after="b")],
        'a: 1\nb:\n- x # c\nnew:\n- z\n- "no"\n\n# d\nc: 3\n',
    ),
    "lists are indented as the file does it": (
        "a:\n  b:\n    - x\n",
        [InsertEntry(at=("a",), key="new", value=[{"k": 1}])],
        "a:\n  new:\n    - {k: 1}\n  b:\n    - x\n",
    ),
    "maps in a new entry are blocks": (
        "a: 1",
        [InsertEntry(at=(), key="new", value={"x": {"z": []}}, after="a")],
        "a: 1\nnew:\n  x:\n    z: []",
    ),
    "a new entry begins an item": (
        "a:\n  - b: 1\n",
        [InsertEntry(at=("a", 0), key="new", value={"c": 1})],
        "a:\n  - new:\n      c: 1\n    b: 1\n",
    ),
    "a new entry in a flow map": (
        "a: {b: 1}\nc: {}\n",
        [
            InsertEntry(at=("a",), key="new", value=1),
            InsertEntry(at=("a",), key="more", value=2, after="b"),
            InsertEntry(at=("c",), key="new", value={}),
        ],
        "a: {new: 1, b: 1, more: 2}\nc: {new: {}}\n",
    ),
    "the first entry of a file": ("# c", [InsertEntry(at=(), key="new", value=["x"])], "# c\nnew:\n  - x\n"),
    "a new item": (
        "a:\n- x\nb: [y]\nc: []\n",
        [InsertItem(at=("a",), value="no"), InsertItem(at=("b",), value="m"), InsertItem(at=("c",), value=1)],
        'a:\n- "no"\n- x\nb: [m, y]\nc: [1]\n',
    ),
    "what is in a map moves up with its comments": (
        "base: # b\n    # first\n    a:\n      - x\n\n    t: |\n       1\n         2\n    # last\nz: 1\n",
        [Lift(at=("base",))],
        "# b\n# first\na:\n  - x\n\nt: |\n   1\n     2\n# last\nz: 1\n",
    ),
    "a map moves up beside others": (
        "a: 1\nb:\n  c:\n    d: 2\n  e: 3\n",
        [Lift(at=("b", "c"))],
        "a: 1\nb:\n  d: 2\n  e: 3\n",
    ),
    "a comment goes": (
        "a: 1 # b\n# c\nd: '# e' # f\n",
        [RemoveComment(mark=Mark(1, 6)), RemoveComment(mark=Mark(2, 1))],
        "a: 1\nd: '# e' # f\n",
    ),
    "windows lines stay windows lines": (
        "a: 1\r\nb:\r\n  c: 2\r\n",
        [InsertEntry(at=(), key="new", value=[1]), Lift(at=("b",)), SetValue(at=("a",), value="x")],
        "new:\r\n  - 1\r\na: x\r\nc: 2\r\n",
    ),
    "what two aliases share changes once": (
        "a: &x\n  k: 1\nb: *x\nc: {<<: *x}\n",
        [SetValue(at=(name, "k"), value=2) for name in "abc"],
        "a: &x\n  k: 2\nb: *x\nc: {<<: *x}\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_edit_changes_what_it_is_about(name: str) -> None:
    before, edits, after = CASES[name]
    assert edited(before, edits) == after


REFUSED: dict[str, tuple[str, Edit, str]] = {
    "what is not there": ("a: 1\n", SetValue(at=("b", "c"), value=1), "there is no `b`"),
    "an index that is not there": ("a: [1]\n", DeleteEntry(at=("a", 1)), "there is no `a[1]`"),
    "a key that is there": ("a: 1\nb: 2\n", RenameKey(at=("a",), to="b"), "there is a key `b` already"),
    "a new key that is there": ("a: 1\n", InsertEntry(at=(), key="a", value=1), "there is a key `a` already"),
    "a lifted key that is there": ("a: {}\nb:\n  a: 1\n", Lift(at=("b",)), "there is a key `a` already"),
    "an item's name": (
        "a: [1]\n",
        RenameKey(at=("a", 0), to="b"),
        "only the key of a map can have another name",
    ),
    "the whole file": ("a: 1\n", DeleteEntry(at=()), "the whole file cannot be edited at once"),
    "the only entry": (
        "a:\n  b: 1\n",
        DeleteEntry(at=("a", "b")),
        "nothing would be left beside it: choose what it is in",
    ),
    "the second entry of a line": (
        "a: {b: 1}\n? c\n: - 1\n",
        DeleteEntry(at=("c", 0)),
        "nothing would be left",
    ),
    "the only entry, as a comment": (
        "a:\n  b: 1\n",
        CommentOut(at=("a", "b")),
        "nothing would be left beside it: choose what it is in",
    ),
    "a flow map's lines": (
        "a: {b: 1,\n c: 2}\n",
        CommentOut(at=("a", "c")),
        "it shares its lines with something else",
    ),
    "a flow map's comment": (
        "a: {b: 1, # c\n  c: 2}\n",
        DeleteEntry(at=("a", "b")),
        "a comment stands beside it",
    ),
    "a flow map to lift": (
        "a: {b: 1}\n",
        Lift(at=("a",)),
        "only a map with its keys on lines of their own can be lifted",
    ),
    "a list to lift": ("a:\n- 1\n", Lift(at=("a",)), "what is to be lifted is not a map"),
    "a key for a list": ("a: []\n", InsertEntry(at=("a",), key="b", value=1), "a key goes into a map only"),
    "an item for a map": ("a: {}\n", InsertItem(at=("a",), value=1), "an item goes into a list only"),
    "a last item for a map": ("l: {a: 1}\n", ITEM, "an item goes into a list only"),
    "a last item for a text": ("l: a\n", ITEM, "an item goes into a list only"),
    "an empty list that aliases repeat": ("a: &x []\nl: *x\n", ITEM, "an item goes into a list only"),
    "a new list below": (
        "a: {}\n",
        AppendItem(at=("a", "l"), text="1\n"),
        "there is no place for a new list",
    ),
    "a new list in a list": ("- 1\n", ITEM, "there is no `l`"),
    "a last item that is no YAML": (
        "l: []\n",
        AppendItem(at=("l",), text="a: *x\n"),
        "the new item cannot be read by itself",
    ),
    "no comment": ("a: 'b # c'\n", RemoveComment(mark=Mark(1, 1)), "no comment begins there"),
    "no such line": ("a: 1\n", RemoveComment(mark=Mark(9, 9)), "no comment begins there"),
    "a text that looks like a comment": ("a: |\n  # b\n  c\n", RemoveComment(mark=Mark(2, 3)), "layout"),
    "a comment in quotes": ("a: 'b # c'\n", RemoveComment(mark=Mark(1, 7)), "layout"),
    "a value that aliases repeat": ("a: &x {b: 1}\nc: *x\n", SetValue(at=("a", "b"), value=2), "alias"),
    "an anchor that aliases need": ("a: &x 1\nb: *x\n", DeleteEntry(at=("a",)), "an anchor"),
    "an anchored map that aliases need": ("a: &x\n  b: 1\nc: *x\n", Lift(at=("a",)), "an anchor"),
    "a block that lacks a line break": (
        "a: |\n  x",
        InsertEntry(at=(), key="b", value=1, after="a"),
        "layout",
    ),
    "a wrong file": ("a: 1\na: 2\n", SetValue(at=("a",), value=1), "it has problems: correct them first"),
    "no YAML": ("a: [\n", SetValue(at=("a",), value=1), "it has problems: correct them first"),
    "an encrypted file": ("a: ENC[x]\nsops: {}\n", SetValue(at=("a",), value=1), "it is encrypted"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_edit_is_refused(name: str) -> None:
    before, edit, message = REFUSED[name]
    with pytest.raises(EditRefused) as error:
        edited(before, [edit])
    assert message in error.value.message


def test_edits_that_meet_are_refused() -> None:
    edits: list[Edit] = [SetValue(at=("a",), value=1), SetValue(at=("a", "b"), value=2)]
    with pytest.raises(EditRefused, match="two edits are about the same lines"):
        edited("a: {b: 1}\n", edits)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_whatever_ends_lines_ends_new_ones(line_break: str) -> None:
    before = ["a: 🙂 # é", "b:", "- 2", ""]
    after = ["new: 1", "a: 🙂 # é", "b:", "- 1", "- 2", ""]
    edits: list[Edit] = [InsertEntry(at=(), key="new", value=1), InsertItem(at=("b",), value=1)]
    assert edited(line_break.join(before), edits) == line_break.join(after)
