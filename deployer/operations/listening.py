"""Hearing what arrives whenever it likes, without becoming deaf to the user's wish to stop."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

_PAUSE = 0.5


def heard(source: Callable[[], Iterable[T]], waiting: Callable[[], None]) -> Iterator[T]:
    """Yield what `source` gives, calling `waiting` about twice a second; it may raise to end that.

    `source` is read in a thread of its own, for a read cannot be given up and taken up again. What it raises
    is raised here; when nobody listens any more, the thread ends with the connection.
    """
    items: queue.SimpleQueue[tuple[T] | BaseException | None] = queue.SimpleQueue()

    def listen() -> None:
        try:
            for item in source():
                items.put((item,))
        except BaseException as error:  # noqa: BLE001 - the reader would wait for ever
            items.put(error)
        items.put(None)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        waiting()
        try:
            item = items.get(timeout=_PAUSE)
        except queue.Empty:
            continue
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item[0]
