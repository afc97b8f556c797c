"""What is a right answer to a question."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.operations.new.question import Question


def question(**more: Any) -> Question:
    return Question(flag="--x", text="X", explanation="X.", example="x", **more)


def odd(answer: str) -> str | None:
    return None if answer == "x" else "must be x"


@pytest.mark.parametrize(
    ("asked", "answer", "wrong"),
    [
        (question(), ("a",), None),
        (question(), (), "must have an answer"),
        (question(optional=True), (), None),
        (question(default=()), (), None),
        (question(default=("y",), check=odd), ("y",), None),
        (question(default=("y",)), (), "must have an answer"),
        (question(), ("a", "b"), "must be one answer only"),
        (question(several=True, check=odd), ("x", "y"), "must be x, not `y`"),
        (question(check=odd), ("y",), "must be x"),
        (question(choices={"one": "", "two": ""}), ("one",), None),
        (
            question(choices={"one": "", "three": ""}),
            ("thre",),
            "must be one that there is: did you mean `three`?",
        ),
        (question(choices={"one": ""}), ("z",), "must be one that there is: known: one"),
    ],
)
def test_an_answer_is_right_or_what_is_wrong_is_said(
    asked: Question, answer: tuple[str, ...], wrong: str | None
) -> None:
    assert asked.wrong(answer) == wrong
