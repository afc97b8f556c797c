"""Work on many things at a time, where each may hang and none may keep the user."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

from deployer.operations.listening import heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deployer.interruption import Interruption

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(
    work: Callable[[T], R], items: Sequence[T], *, jobs: int, interruption: Interruption
) -> tuple[R, ...]:
    """Return what `work` makes of each item, in their order, `jobs` at a time.

    Looking up a name, for one, cannot be ended: threads that still work are left behind, unlike those of a
    pool, for which Python waits before it ends.

    Raises:
        Interrupted: the user asked to stop.
    """
    waiting: queue.SimpleQueue[tuple[int, T]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, R | Exception]] = queue.SimpleQueue()
    for numbered in enumerate(items):
        waiting.put(numbered)

    def labour() -> None:
        while not interruption.requested and (taken := _next(waiting)):
            at, item = taken
            try:
                done.put((at, work(item)))
            except Exception as error:  # noqa: BLE001 - raised where it is waited for
                done.put((at, error))

    def results() -> Iterator[tuple[int, R]]:
        for _ in range(min(jobs, len(items))):
            threading.Thread(target=labour, daemon=True).start()
        for _ in items:
            at, result = done.get()
            if isinstance(result, Exception):
                raise result
            yield at, result

    found = dict(heard(results, interruption.check))
    return tuple(found[at] for at in range(len(items)))


def _next(waiting: queue.SimpleQueue[tuple[int, T]]) -> tuple[int, T] | None:
    try:
        return waiting.get_nowait()
    except queue.Empty:
        return None
