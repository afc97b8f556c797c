"""Ways to spoil a text file: what slips of the hand, of an editor and of a merge leave behind, and worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

TOKENS = [
    *"\t:-#&*!|>'\"%@`{}[],?~\x00\x07\x1b\x85\ufeff\u2028\r",
    *("- ", ": ", "? ", "<<: ", "<<: *a\n", "&a ", "*a", "!tag ", "!!int ", "|\n", ">-\n", "---\n", "...\n"),
    *(
        "%YAML 1.2\n---\n",
        "# deployer: ignore=schema why\n",
        "# deployer: ignore",
        "\\",
        '"\\q"',
        "\U0001f600",
    ),
]
"""What is put somewhere into a text."""
SCALARS = [
    *(
        "null",
        "~",
        "",
        "[]",
        "{}",
        "on",
        "no",
        "0",
        "-1",
        "1.10",
        "012",
        "0x1f",
        "1_000",
        "1e400",
        ".nan",
        "9" * 40,
    ),
    *(
        '""',
        "a",
        "A b",
        "x" * 300,
        "é",
        "\U0001f600",
        "2026-01-01",
        "12:30",
        "*a",
        "&a b",
        "[&a [], *a]",
        "&a {a: *a}",
    ),
    *(
        "{a: {b: [c, {d: e}]}}",
        "[[[]]]",
        "{<<: {name: a}}",
        '"a\\n\\e[31m\\u2028"',
        "'it''s'",
        "!!str 1",
        "!x y",
    ),
    *(
        "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]",
        "../x.yaml",
        "/",
        ".",
        "a/../..",
        "https://a.b/c",
        "*.a",
    ),
    *(
        "local",
        "aws",
        "gcp",
        "daskhub",
        "basehub",
        "dask",
        "staging",
        "research",
        "TODO",
        "kube-system",
        "a\\0b",
    ),
]
"""What takes the place of a value."""


class Mutation(Protocol):
    """One change to a text."""

    def apply(self, text: str) -> str: ...


@dataclass(frozen=True)
class Lines:
    """Lines deleted, duplicated, moved, indented, glued to the next one."""

    what: str
    first: int
    second: int

    def apply(self, text: str) -> str:
        lines = text.split("\n")
        first, second = self.first % len(lines), self.second % len(lines)
        match self.what:
            case "delete":
                del lines[first]
            case "duplicate":
                lines.insert(second, lines[first])
            case "swap":
                lines[first], lines[second] = lines[second], lines[first]
            case "indent":
                lines[first] = " " * (1 + self.second % 5) + lines[first]
            case "dedent":
                lines[first] = lines[first][1 + self.second % 3 :]
            case "join":
                lines[first : first + 2] = ["".join(lines[first : first + 2])]
            case "cut":
                del lines[first:]
        return "\n".join(lines)


@dataclass(frozen=True)
class Insertion:
    """A token somewhere in the text."""

    token: str
    place: int

    def apply(self, text: str) -> str:
        place = self.place % (len(text) + 1)
        return text[:place] + self.token + text[place:]


@dataclass(frozen=True)
class Replacement:
    """Another value behind the colon or the dash of a line."""

    scalar: str
    line: int

    def apply(self, text: str) -> str:
        lines = text.split("\n")
        index = self.line % len(lines)
        for mark in (": ", "- "):
            before, found, _ = lines[index].partition(mark)
            if found:
                lines[index] = before + found + self.scalar
                break
        return "\n".join(lines)


_PLACES = st.integers(min_value=0, max_value=5000)
_LINES = st.builds(
    Lines,
    st.sampled_from(["delete", "duplicate", "swap", "indent", "dedent", "join", "cut"]),
    _PLACES,
    _PLACES,
)
_INSERTIONS = st.builds(Insertion, st.sampled_from(TOKENS), _PLACES)
_REPLACEMENTS = st.builds(Replacement, st.sampled_from(SCALARS), _PLACES)

MUTATIONS: SearchStrategy[list[Mutation]] = st.lists(
    st.one_of(_REPLACEMENTS, _LINES, _INSERTIONS), min_size=1, max_size=6
)


def mutated(text: str, mutations: list[Mutation]) -> str:
    """Return a text after some changes, one after the other."""
    for mutation in mutations:
        text = mutation.apply(text)
    return text
