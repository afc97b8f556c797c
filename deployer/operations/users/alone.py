"""Working on a hub's people with nobody else at work on the hub: under its Lease, as a deploy does."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from deployer.operations.deploy import lease

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Hub
    from deployer.interruption import Interruption
    from deployer.operations.access import Connection
    from deployer.session import Session

_WAIT = 600
"""Seconds to wait for whoever has it."""


@contextmanager
def alone(session: Session, connection: Connection, hub: Hub, interruption: Interruption) -> Iterator[None]:
    """Hold a hub's Lease until the block ends; its loss, or the user's wish to stop, interrupts."""
    progress, name = session.progress, hub.name
    with (
        session.interruption.listening(lambda _count: interruption.request()),
        lease.held(
            connection.api,
            hub.namespace,
            interruption=interruption,
            wait=_WAIT,
            on_wait=lambda holder: progress.noted(
                name, f"waiting: {holder.identity} works on it since {holder.since}"
            ),
            on_takeover=lambda holder: progress.noted(
                name, f"took over from {holder.identity}, who stopped renewing"
            ),
            on_lost=interruption.request,
        ),
    ):
        yield
