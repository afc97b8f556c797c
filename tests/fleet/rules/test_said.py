"""What several files say together, as merging them would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.documents import Document, read
from deployer.fleet.rules.said import said, value_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (["a: {b: 1}", "a: {c: 2}"], 1),
        (["a: {b: 1}", "a: {b: 2}"], 2),
        (["a: {b: 1}", "a: {b: null}"], None),
        (["a: {b: 1}", "a: null"], None),
        (["a: {b: 1}", "a: text"], None),
        (["a: {b: 1}", "a: null", "a: {b: 3}"], 3),
        (["a: {b: 1}", "a: {}", ""], 1),
        (["a: {b: [1]}", "a: {b: {}}"], {}),
        ([], None),
    ],
)
def test_the_strongest_word_counts_and_null_hides_what_is_below(
    tmp_path: Path, texts: list[str], value: object
) -> None:
    assert value_of(documents(tmp_path, *texts), ("a", "b")) == value


def test_it_is_known_where_it_is_said(tmp_path: Path) -> None:
    one, two = documents(tmp_path, "a: {b: 1}", "a: {c: 2}")
    found = said([one, two], ("a", "b"))
    assert found is not None
    assert (found.document, found.at) == (one, ("a", "b"))


def documents(directory: Path, *texts: str) -> list[Document]:
    found = []
    for index, text in enumerate(texts):
        path = directory / f"{index}.yaml"
        path.write_text(text)
        found.append(read(path, root=directory))
    return found
