"""Hearing a source in a thread of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.operations.listening import heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def patient(times: int) -> Callable[[], None]:
    """Return what stops a reader that would wait for ever."""
    left = iter(range(times))

    def waiting() -> None:
        if next(left, None) is None:
            pytest.fail("the reader waits for what never comes")

    return waiting


@pytest.mark.parametrize("error", [RuntimeError("broken"), SystemExit("over")])
def test_whatever_the_source_raises_is_raised_to_the_reader(error: BaseException) -> None:
    def source() -> Iterator[str]:
        yield "one"
        raise error

    items = heard(source, patient(times=5))
    assert next(items) == "one"
    with pytest.raises(type(error), match=str(error)):
        next(items)


def test_a_source_that_ends_ends_the_reader() -> None:
    assert list(heard(lambda: ["one", "two"], patient(times=5))) == ["one", "two"]
