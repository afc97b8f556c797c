"""Values as text: read back they are the same, and the text is as plain as it can be."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet import documents
from deployer.render.text import as_yaml

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [
    *(
        "plain",
        "",
        " ",
        "- dash",
        "a: b",
        "# no comment",
        "'",
        '"',
        "ü",
        "{}",
        "*",
        "&a",
        "!t",
        "%",
        "@",
        "`",
    ),
    *(
        "yes",
        "y",
        "off",
        "null",
        "~",
        "true",
        "1",
        "1e3",
        "0o17",
        "017",
        "1_000",
        ".5",
        "0x1f",
        ".inf",
        "1:30",
    ),
    *(
        "2026-01-01",
        "12e03",
        "+1",
        "one\ntwo",
        "one\ntwo\n",
        "\n",
        "\n\n x\n",
        "tail \n",
        "tab\t\nx",
        "a\n\n",
    ),
    *("<<", "=", "ENC[x]", "long " * 60, "\u2028", "\x85", "\x07", "emoji \U0001f600"),
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_stays_that_text_as_key_and_as_value_for_helms_reader(text: str, tmp_path: Path) -> None:
    values = {f"x{text}": [text, {"deep": text}]} | ({text: 1} if text not in {"", "<<"} else {})
    assert read_back(values, tmp_path) == values


def test_any_values_stay_the_same(tmp_path: Path) -> None:
    chance = random.Random(1)

    def some(depth: int) -> Any:
        kind = chance.choice(["map", "list", "leaf"]) if depth else "leaf"
        if kind == "map":
            return {f"k{chance.randrange(99)}": some(depth - 1) for _ in range(chance.randrange(4))}
        if kind == "list":
            return [some(depth - 1) for _ in range(chance.randrange(4))]
        return chance.choice([*TEXTS, None, True, False, 0, -1, 2**53, 1.5, 1e-7, 1e22])

    values = {f"top{number}": some(4) for number in range(300)}
    assert read_back(values, tmp_path) == values


def read_back(values: dict[str, Any], directory: Path) -> Any:
    path = directory / "values.yaml"
    path.write_text(as_yaml(values), encoding="utf-8")
    return documents.read(path, root=directory).data


def test_keys_are_in_alphabetical_order_and_what_is_shared_is_repeated() -> None:
    shared = ["x"]
    assert as_yaml({"b": shared, "a": {"d": shared, "c": "one\ntwo\n"}}) == (
        "a:\n  c: |\n    one\n    two\n  d:\n  - x\nb:\n- x\n"
    )
