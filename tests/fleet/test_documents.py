"""Documents: what a file says, and where."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from deployer.fleet.documents import Document, Mark, examine, read
from deployer.fleet.problems import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = """\
name: demo
hubs:
  - name: staging
    memory: 0123
  - {name: research, files: [a, b]}
1: one
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "file.yaml"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


def write(tmp_path: Path, text: str | bytes) -> Document:
    path = tmp_path / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, root=tmp_path)


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "file.yaml"
    path.write_text(text)
    return [str(problem) for problem in examine(path, root=tmp_path)[1]]


def test_a_document_has_the_data_and_the_place_of_every_key(file: Path, tmp_path: Path) -> None:
    document = read(file, root=tmp_path)
    assert document.name == "config/file.yaml"
    assert document.data == {
        "name": "demo",
        "hubs": [{"name": "staging", "memory": 83}, {"name": "research", "files": ["a", "b"]}],
        "1": "one",
    }
    assert dict(document.marks) == {
        (): Mark(1, 1),
        ("name",): Mark(1, 1),
        ("hubs",): Mark(2, 1),
        ("hubs", 0): Mark(3, 5),
        ("hubs", 0, "name"): Mark(3, 5),
        ("hubs", 0, "memory"): Mark(4, 5),
        ("hubs", 1): Mark(5, 5),
        ("hubs", 1, "name"): Mark(5, 6),
        ("hubs", 1, "files"): Mark(5, 22),
        ("hubs", 1, "files", 0): Mark(5, 30),
        ("hubs", 1, "files", 1): Mark(5, 33),
        ("1",): Mark(6, 1),
    }


def test_scalars_can_be_had_as_they_are_written(file: Path, tmp_path: Path) -> None:
    texts = read(file, root=tmp_path).texts
    assert texts["hubs", 0, "memory"] == "0123"
    assert set(texts) == {
        ("name",),
        ("hubs", 0, "name"),
        ("hubs", 0, "memory"),
        ("hubs", 1, "name"),
        ("hubs", 1, "files", 0),
        ("hubs", 1, "files", 1),
        ("1",),
    }
    assert len(texts) == 7
    assert ("hubs",) not in texts


def test_what_is_not_in_the_file_is_placed_at_its_nearest_ancestor(file: Path, tmp_path: Path) -> None:
    document = read(file, root=tmp_path)
    assert document.mark(("hubs", 1, "domain", "x")) == Mark(5, 5)
    assert document.mark(("hubs", 7)) == Mark(2, 1)
    assert document.mark(("nothing", 0)) == Mark(1, 1)
    assert Document(path=file, name="computed", data={}).mark(("a",)) == Mark(1, 1)


def test_values_are_looked_up_without_failing(file: Path, tmp_path: Path) -> None:
    document = read(file, root=tmp_path)
    assert document.value(("hubs", 1, "files", 1)) == "b"
    assert [document.value(at) for at in (("hubs", 2), ("hubs", "x"), ("name", "x"), ("y", 0))] == [None] * 4


def test_a_part_of_a_document_points_at_the_lines_of_the_whole(file: Path, tmp_path: Path) -> None:
    part = read(file, root=tmp_path).inside("hubs", 1)
    assert part.data == {"name": "research", "files": ["a", "b"]}
    assert part.mark(("files", 1)) == Mark(5, 33)
    assert part.mark(("other",)) == Mark(5, 5)
    assert part.texts["name",] == "research"
    assert dict(part.marks)["name",] == Mark(5, 6)
    assert len(part.marks) == 5


def test_a_line_of_a_literal_block_has_a_place(tmp_path: Path) -> None:
    text = "a:\n  b: &x | # code\n\n    one\n    two\n  c: >\n    folded\n  d: *x\n"
    document = write(tmp_path, text)
    assert document.data == {"a": {"b": "\none\ntwo\n", "c": "folded\n", "d": "\none\ntwo\n"}}
    assert dict(document.blocks) == {("a", "b"): Mark(3, 5), ("a", "d"): Mark(3, 5)}
    assert len(document.blocks) == 2
    assert document.mark(("a", "b"), line=3) == Mark(5, 5)
    assert document.inside("a").mark(("b",), line=2) == Mark(4, 5)
    assert document.mark(("a", "b"), line=1) == Mark(3, 1)  # nothing is in this line
    assert document.mark(("a", "c"), line=1) == Mark(6, 3)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a: |2\n    one\n  two\n", Mark(2, 3)),
        ("a: |\r\n   one\r\n", Mark(2, 4)),
        ("a: |\n\n\n", Mark(2, 1)),
        ("a:\n- |\n one\n", Mark(3, 2)),
    ],
)
def test_a_literal_block_is_as_far_in_as_its_text(tmp_path: Path, text: str, mark: Mark) -> None:
    document = write(tmp_path, text)
    at = ("a", 0) if "- |" in text else ("a",)
    assert document.mark(at, line=1) == mark


def test_a_part_that_is_no_map_is_empty(file: Path, tmp_path: Path) -> None:
    document = read(file, root=tmp_path)
    assert [document.inside(key).data for key in ("name", "nothing")] == [{}, {}]


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "null\n", "~"])
def test_an_empty_file_is_an_empty_map(tmp_path: Path, text: str) -> None:
    assert write(tmp_path, text).data == {}


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    document = write(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: \xc3\xa9\r\n")
    assert document.data == {"a": 1, "b": "é"}
    assert document.mark(("b",)) == Mark(2, 1)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a: b".encode("utf-16"), "1:1"),
        ("a: é\r\nb: é".encode() + b"\xe9", "2:5"),
        (b"\xef\xbb\xbfa: \xe9", "1:4"),
    ],
)
def test_what_is_not_utf_8_is_told_where_it_begins(tmp_path: Path, content: bytes, place: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(content)
    (problem,) = examine(path, root=tmp_path)[1]
    assert str(problem) == f"file.yaml:{place}: not UTF-8 text: save the file as UTF-8 [yaml]"


def test_merge_keys_are_weaker_than_keys_and_point_where_the_value_is(tmp_path: Path) -> None:
    anchors = "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\n"
    document = write(tmp_path, f"{anchors}both:\n  <<: [*one, *two]\n  a: 3\nalone:\n  <<: *two\n")
    assert document.data["both"] == {"a": 3, "b": 1, "c": 2}
    assert document.data["alone"] == {"b": 2, "c": 2}
    assert [document.mark(("both", key)) for key in "abc"] == [Mark(5, 3), Mark(1, 18), Mark(2, 18)]
    assert document.marks["alone", "c"] == Mark(2, 18)
    assert ("both", "a") in set(document.marks)


def test_an_alias_is_the_thing_itself(tmp_path: Path) -> None:
    document = write(tmp_path, "a: &a [1, 2]\nb: *a\n")
    assert document.data["b"] is document.data["a"]
    assert document.mark(("b",)) == Mark(2, 1)


def test_an_encrypted_file_counts_without_what_sops_adds(tmp_path: Path) -> None:
    encrypted = write(tmp_path, "password: ENC[AES256_GCM,data:x]\nsops:\n  version: 3.9.0\n")
    assert (encrypted.encrypted, encrypted.data) == (True, {"password": "ENC[AES256_GCM,data:x]"})
    plain = write(tmp_path, "sops: is a word\n")
    assert (plain.encrypted, plain.data) == (False, {"sops": "is a word"})


def test_two_equal_keys_are_a_problem_and_the_last_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a: 1\nb: 2\na: 3\n")
    document, found = examine(path, root=tmp_path)
    assert document.data == {"a": 3, "b": 2}
    assert document.mark(("a",)) == Mark(3, 1)
    assert [str(problem) for problem in found] == [
        "file.yaml:3:1: `a` is written twice in one map, first in line 1 [duplicate-key]"
    ]


def test_read_raises_what_examine_reports(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        write(tmp_path, "a: [1\nb: 2\n")
    assert raised.value.message == (
        "the configuration has 1 error\n  file.yaml:1:4: a `[` that is not closed [yaml]"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nfoo\nb: 2\n", "2:1: this line is not `key: value`, and no list item [yaml]"),
        ("a:\n  b: 1\n\tc: 2\n", "3:1: a tab cannot indent: use spaces [yaml]"),
        ("é: 1\r\nb: @x\n", "2:4: `@` cannot start a value: put the value in quotes [yaml]"),
        ("a: *b\n", "1:4: no anchor of this name stands above [yaml]"),
        ("a: &x 1\nb: &x 2\n", "2:4: an anchor of this name stands above: choose another name [yaml]"),
        (
            'a: "\\q"\n',
            "1:5: unknown escape: write `\\\\` for a backslash, or use single quotes [yaml]",
        ),
        ("{", "1:2: a value should be here; or a `[` or `{` above is not closed [yaml]"),
        ("é: 1\r\nb: \x85", "2:4: an invisible line break (U+0085): remove it [yaml]"),
        ("a: 1\rb: \u2028", "2:4: an invisible line break (U+2028): remove it [yaml]"),
        ("a: 1\n\ufeffb: 2\n", "2:1: an invisible byte order mark (U+FEFF): remove it [yaml]"),
        ("a: x\ufeffy\n", "1:5: an invisible byte order mark (U+FEFF): remove it [yaml]"),
        ("\ufeff\ufeffa: 1\n", "1:1: an invisible byte order mark (U+FEFF): remove it [yaml]"),
        ("%YAML 3.0\n---\na: 1\n", "1:1: not YAML: found incompatible YAML document [yaml]"),
        ("a: !<x\n", "1:7: not YAML: did not find the expected '>' [yaml]"),
        (
            "a: 1\n...\nb: 2\n",
            "3:1: another YAML document starts here: a file holds one, so remove what follows [yaml]",
        ),
    ],
)
def test_what_is_not_yaml_is_one_problem_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [f"file.yaml:{problem}"]


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "? " * 100_000, "{a: " * 100_000])
def test_nesting_without_end_is_a_problem_and_no_crash(tmp_path: Path, text: str) -> None:
    (found,) = problems(tmp_path, text)
    assert "nested deeper than 100 levels [yaml]" in found


BOMBS = {
    "lists": "a0: &a [x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n > 1 else '*a'] * 10)}]\n" for n in range(1, 60)),
    "maps that merge maps": "a0: &a0 {x: 1}\n"
    + "".join(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 10)}]\n  k{n}: {n}\n" for n in range(1, 60)),
    "one map merged by many": f"a: &a {{{', '.join(f'k{n}: 1' for n in range(9_000))}}}\n"
    + "".join(f"m{n}: {{<<: *a}}\n" for n in range(9_000)),
    "one map merged often": f"a: &a {{{', '.join(f'k{n}: 1' for n in range(9_000))}}}\n"
    f"m: {{<<: [{', '.join(['*a'] * 90_000)}]}}\n",
    "values in a list": f"a: [{', '.join(['x'] * 60_000)}]\n",
    "values in many lists": f"a: [{', '.join(['[]'] * 120_000)}]\n",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_file_cannot_stand_for_more_values_than_can_be_looked_at(tmp_path: Path, text: str) -> None:
    message = "more than 50,000 values in one file, counting what aliases repeat"
    assert problems(tmp_path, text) == [f"file.yaml:1:1: {message} [yaml]"]


def test_merge_keys_may_lead_to_one_map_in_many_ways(tmp_path: Path) -> None:
    lines = ["a0: &a0 {x: [1, 2, 3]}\n"]
    lines += [f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]\n  k{n}: {n}\n" for n in range(1, 9)]
    document = write(tmp_path, "".join(lines))
    assert document.data["a8"]["x"] == [1, 2, 3]
    assert document.mark(("a8", "x", 1)) == Mark(1, 17)
    assert document.mark(("a8", "y")) == document.marks["a8",]


def test_thousands_of_keys_written_twice_are_told_each(tmp_path: Path) -> None:
    keys = [f"k{n}: 1\n" for n in range(9_000)]
    found = problems(tmp_path, "".join([*keys, *reversed(keys)]))
    assert len(found) == 9_000
    assert found[0] == (
        "file.yaml:9001:1: `k8999` is written twice in one map, first in line 9000 [duplicate-key]"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &a [*a]\n", "1:4: this contains itself by an alias [yaml]"),
        ("a: &a\n  b: *a\n", "1:4: this contains itself by an alias [yaml]"),
        ("a: &a\n  <<: *a\n", "2:3: `<<` takes a map, or a list of maps, that is written above [yaml]"),
    ],
)
def test_what_contains_itself_is_a_problem(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [f"file.yaml:{problem}"]


def test_a_number_of_thousands_of_digits_is_a_problem_with_its_place(tmp_path: Path) -> None:
    assert problems(tmp_path, f"a: 1\nb: [-{'9' * 5000}]\n") == [
        "file.yaml:2:5: too large for a number: quote it if it is text [yaml]"
    ]


def test_looking_into_a_file_that_contains_itself_ends(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a: &a\n  b: *a\n")
    document, _ = examine(path, root=tmp_path)
    assert document.mark(("a", "b", "b", "b", "c")) == Mark(2, 3)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "a directory, not a file"),
        (os.mkfifo, "not a plain file"),
        (lambda path: path.write_bytes(b"#" * (1024**2 + 1)), "larger than 1 MiB"),
    ],
)
def test_what_cannot_be_read_is_a_problem(
    tmp_path: Path, make: Callable[[Path], object], problem: str
) -> None:
    path = tmp_path / "file.yaml"
    make(path)
    document, found = examine(path, root=tmp_path)
    assert document.data == {}
    assert [str(each) for each in found] == [f"file.yaml:1:1: {problem} [file]"]


def test_a_file_outside_the_root_is_named_in_full(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a: 1\n")
    assert read(path, root=tmp_path / "fleet").name == str(path)


def test_a_document_never_shows_its_content_by_accident(tmp_path: Path) -> None:
    assert "hunter2" not in repr(write(tmp_path, "password: hunter2\n"))
