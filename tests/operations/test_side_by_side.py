"""Many things at a time, and an end whenever the user wants one."""

from __future__ import annotations

import threading

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.side_by_side import side_by_side


def test_results_come_in_the_order_of_the_items() -> None:
    turns = {number: threading.Event() for number in range(3)}
    turns[2].set()

    def work(number: int) -> int:
        # The last one is done first.
        assert turns[number].wait(timeout=20)
        if number:
            turns[number - 1].set()
        return number * 10

    assert side_by_side(work, (0, 1, 2), jobs=3, interruption=Interruption()) == (0, 10, 20)


def test_as_many_are_at_work_as_were_asked_for_and_no_more() -> None:
    both, lock, counts = threading.Barrier(2), threading.Lock(), [0]

    def work(_number: int) -> int:
        with lock:
            counts[0] += 1
            found = counts[0]
        both.wait(timeout=20)
        with lock:
            counts[0] -= 1
        # Nobody takes the next before the partner has gone too.
        both.wait(timeout=20)
        return found

    assert sorted(side_by_side(work, range(6), jobs=2, interruption=Interruption())) == [1, 1, 1, 2, 2, 2]


def test_nothing_to_do_is_done() -> None:
    assert side_by_side(str, (), jobs=4, interruption=Interruption()) == ()


def test_what_goes_wrong_is_raised_where_it_is_waited_for() -> None:
    def work(_number: int) -> None:
        raise DeployerError("broken")

    with pytest.raises(DeployerError, match="broken"):
        side_by_side(work, (1, 2), jobs=1, interruption=Interruption())


def test_who_asks_to_stop_does_not_wait_for_who_hangs() -> None:
    interruption, never = Interruption(), threading.Event()
    started = []

    def work(number: int) -> None:
        started.append(number)
        interruption.request()
        never.wait(timeout=60)

    with pytest.raises(Interrupted):
        side_by_side(work, (1, 2), jobs=1, interruption=interruption)
    assert started == [1]
    never.set()
