"""Driving questions with answers that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from deployer.operations.new.question import Asking, Question

T = TypeVar("T")


def answered(asking: Asking[T], **answers: str) -> T:
    """Return what is known in the end; each answer must be right, and asked for.

    `display_name` answers `--display-name`, `HUB` answers `HUB`; commas part several.
    """
    return asked(asking, **answers)[0]


def asked(asking: Asking[T], **answers: str) -> tuple[T, dict[str, Question]]:
    """Return what is known in the end, and each question by its flag."""
    given = {_flag(name): tuple(text.split(",")) if text else () for name, text in answers.items()}
    questions: dict[str, Question] = {}
    try:
        question = next(asking)
        while True:
            questions[question.flag] = question
            answer = given.pop(question.flag, question.default)
            assert answer is not None, f"no answer to {question.flag}"
            assert question.wrong(answer) is None, f"{question.flag} {question.wrong(answer)}"
            question = asking.send(answer)
    except StopIteration as end:
        assert given == {}, "nobody asked for this"
        result: T = end.value
        return result, questions


def _flag(name: str) -> str:
    if name.isupper():
        return name
    return (
        f"--auth {name.removeprefix('auth_')}=" if name.startswith("auth_") else f"--{name.replace('_', '-')}"
    )
