"""What has to be known for a new cluster or hub, without saying how people are asked.

Questions come from generators: each yields a question and is sent the answer, so that a later question can
depend on what was answered before. Who drives one asks at a terminal, or takes what the command line says.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from deployer.fleet.spelling import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Answer = tuple[str, ...]
"""What was answered: one text, several where that is possible, or none."""
T = TypeVar("T")
Asking = Generator["Question", Answer, T]


def _anything(_answer: str) -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that has to be known.

    `flag` is what the command line calls it, an option such as `--domain` or an argument such as `HUB`.
    `default` counts where nothing is answered; it is None when there has to be an answer. `example` shows
    what one looks like. With `choices`, which have a line of explanation each, no other answers are allowed.
    One that is `optional` can be answered with nothing; one that is `unasked` is for those who know of it,
    and counts by its default otherwise. `needs` are the flags that are asked for after a choice.
    `check` returns what is wrong with an answer, as the rest of a sentence: `must be ...`.
    """

    flag: str
    text: str
    explanation: str
    example: str
    default: Answer | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    several: bool = False
    optional: bool = False
    unasked: bool = False
    check: Callable[[str], str | None] = field(default=_anything, repr=False)

    def wrong(self, answer: Answer) -> str | None:
        """Return what is wrong with an answer, None when nothing is."""
        if answer == self.default or (self.optional and not answer):
            return None
        if not answer:
            return "must have an answer"
        if len(answer) > 1 and not self.several:
            return "must be one answer only"
        for each in answer:
            if self.choices and each not in self.choices:
                return f"must be one that there is: {did_you_mean(each, self.choices)}"
            wrong = self.check(each)
            if wrong:
                return f"{wrong}, not `{each}`" if len(answer) > 1 else wrong
        return None


def one(question: Question) -> Asking[str]:
    """Ask for one text, which is empty when there may be none."""
    answer: Answer = yield question
    return answer[0] if answer else ""


def many(question: Question) -> Asking[Answer]:
    """Ask for any number of texts."""
    answer: Answer = yield question
    return answer
