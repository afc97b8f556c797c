"""Stopping in an orderly way: one request, heard by everything that runs."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deployer.errors import Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_PATIENCE = 3
"""Requests that are passed on before the program stops waiting for what it started."""


class Interruption:
    """Carries a user's wish to stop from the signal handler to the threads at work.

    `request` runs in the signal handler; each `listening` callback is called with the number of
    requests so far (1 at the first Ctrl-C), so that a listener can be patient first and firm later.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        # Reentrant: a signal may arrive in the main thread while it registers a callback.
        self._lock = threading.RLock()
        self._listeners: dict[object, Callable[[int], None]] = {}
        self._requests = 0

    @property
    def requested(self) -> bool:
        """Whether the user asked to stop."""
        return self._event.is_set()

    @property
    def forced(self) -> bool:
        """Whether the user asked so often that nothing more is to be waited for."""
        return self._requests > _PATIENCE

    def request(self) -> None:
        """Ask everything that listens to stop."""
        with self._lock:
            self._requests += 1
            listeners = list(self._listeners.values())
        self._event.set()
        for listener in listeners:
            listener(self._requests)

    @contextmanager
    def listening(self, callback: Callable[[int], None]) -> Iterator[None]:
        """Call `callback` on each request while the block runs; at once when one came before."""
        key = object()
        with self._lock:
            self._listeners[key] = callback
        if self.requested:
            callback(self._requests)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.pop(key, None)

    def check(self) -> None:
        """Raise Interrupted when the user asked to stop."""
        if self.requested:
            raise Interrupted("interrupted")

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until the user asks to stop; then raise Interrupted."""
        self._event.wait(seconds)
        self.check()
