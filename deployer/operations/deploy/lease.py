"""One deploy of a hub at a time: a Kubernetes Lease in the hub's namespace.

It says who works on the hub, from which machine and since when, and is renewed while the work goes on. A
holder that died stops renewing; its Lease is then taken over. Like client-go's leader election, a Lease
counts as dead only when it stayed unchanged for its whole duration on *our* clock, so that clocks of two
machines need not agree. The Lease also remembers which revisions of the release proved good.
"""

from __future__ import annotations

import getpass
import os
import secrets
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.deploy.good_revisions import of_lease
from deployer.tools.kubernetes import Api, Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployer.interruption import Interruption
    from deployer.operations.deploy.good_revisions import GoodRevisions

DURATION = 15.0
"""Seconds after which a Lease that is not renewed counts as dead."""
_RENEW_EVERY = 4.0
_GIVE_UP = 9.0
"""Seconds without a renewal after which we stop working: well before others may take the Lease over, with
room for the requests (3 s each) that were under way."""
_REQUEST_TIMEOUT = 3.0
_ASK_EVERY = 1.0


class LeaseHeld(DeployerError):
    """Somebody else works on the hub."""


class LeaseLost(DeployerError):
    """The Lease could not be renewed, or somebody else holds it now."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a Lease, and since when (as the cluster wrote it)."""

    identity: str
    since: str


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The Lease of one hub. `identity` is ours; `on_lost` is called when it can no longer be renewed."""

    api: Api
    namespace: str
    identity: str
    on_lost: Callable[[], None]
    lost: threading.Event = field(default_factory=threading.Event)

    @property
    def path(self) -> str:
        """The Lease's path in the API."""
        return f"{_leases(self.namespace)}/{_NAME}"

    def good_revisions(self) -> tuple[int, ...]:
        """Return the revisions of the release whose rollout and journey passed, oldest first."""
        return of_lease(self.api.get(self.path)).good

    def add_good_revision(self, number: int, *, chart: str | None = None) -> None:
        """Remember that a revision proved good, and the content of the chart that it was made of."""
        known = of_lease(self.api.get(self.path)).with_good(number, chart)
        self.api.patch(self.path, {"metadata": {"annotations": known.annotations()}})

    def renew_until(self, done: threading.Event, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Renew until `done`; call `on_lost` when that fails for too long or somebody else holds it."""
        renewed = clock()
        while not done.wait(_RENEW_EVERY):
            try:
                current = self.api.get(self.path)
                if _holder(current) != self.identity:
                    break
                current["spec"]["renewTime"] = _now()
                self.api.replace(self.path, current)
                renewed = clock()
            except NotFound:
                break
            except DeployerError:  # the API may be back before the Lease has run out
                if clock() - renewed > _GIVE_UP:
                    break
        else:
            return
        self.lost.set()
        self.on_lost()

    def release(self) -> None:
        """Give the Lease back, keeping what it remembers; somebody else's is left alone.

        When the API is away it runs out by itself; that must not hide how the work went.
        """
        with suppress(DeployerError):
            current = self.api.get(self.path)
            if _holder(current) == self.identity:
                current["spec"].update(holderIdentity="", renewTime=None, acquireTime=None)
                self.api.replace(self.path, current)


_NAME = "deployer"


def remembered(api: Api, namespace: str) -> GoodRevisions | None:
    """Return what the Lease in a namespace remembers, None when nothing was ever deployed there by us."""
    try:
        return of_lease(api.get(f"{_leases(namespace)}/{_NAME}"))
    except NotFound:
        return None


@contextmanager
def held(
    api: Api,
    namespace: str,
    *,
    interruption: Interruption,
    wait: float,
    on_wait: Callable[[Holder], None],
    on_takeover: Callable[[Holder], None],
    on_lost: Callable[[], None],
) -> Iterator[Lease]:
    """Hold the Lease of the hub in `namespace` while the block runs.

    Waits up to `wait` seconds for another holder; `on_wait` is told who that is, once a holder, and
    `on_takeover` whose dead Lease was taken over. `on_lost` is called, from another thread, when the
    Lease is lost while the block runs; the block must then come to an end.

    Raises:
        LeaseHeld: somebody else still holds it after `wait` seconds.
        LeaseLost: it was lost while the block ran.
    """
    if isinstance(api, Api):
        api = replace(api, timeout=_REQUEST_TIMEOUT)
    lease = Lease(api=api, namespace=namespace, identity=_identity(), on_lost=on_lost)
    _acquire(lease, interruption=interruption, wait=wait, on_wait=on_wait, on_takeover=on_takeover)
    done = threading.Event()
    renewing = threading.Thread(target=lease.renew_until, args=(done,), daemon=True)
    renewing.start()
    try:
        yield lease
    finally:
        done.set()
        renewing.join()
        if lease.lost.is_set():
            # Also in place of the interruption that it caused.
            raise LeaseLost(
                "the Lease was lost while working",
                hint="the API server was away for long, or somebody took over; look, then deploy again",
            )
        lease.release()


def _acquire(
    lease: Lease,
    *,
    interruption: Interruption,
    wait: float,
    on_wait: Callable[[Holder], None],
    on_takeover: Callable[[Holder], None],
) -> None:
    deadline = time.monotonic() + wait
    seen: tuple[str, float] | None = None  # the Lease's resourceVersion, and since when we see it
    told: Holder | None = None
    while True:
        current = _read(lease)
        holder = Holder(identity=_holder(current), since=current["spec"].get("acquireTime") or "?")
        version = current["metadata"]["resourceVersion"]
        if seen is None or seen[0] != version:
            seen = (version, time.monotonic())
        duration = float(current["spec"].get("leaseDurationSeconds") or DURATION)
        dead = time.monotonic() - seen[1] > duration
        if not holder.identity or dead:
            if _take(lease, current):
                if holder.identity:
                    on_takeover(holder)
                return
            continue
        if holder != told:
            on_wait(holder)
            told = holder
        if time.monotonic() > deadline:
            raise LeaseHeld(
                f"{holder.identity} is at work on {lease.namespace} since {holder.since}",
                hint="try again when it is done",
            )
        interruption.sleep(_ASK_EVERY)


def _read(lease: Lease) -> dict[str, Any]:
    try:
        return lease.api.get(lease.path)
    except NotFound:
        body = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": _NAME},
            "spec": {"holderIdentity": "", "leaseDurationSeconds": int(DURATION)},
        }
        try:
            return lease.api.create(_leases(lease.namespace), body)
        except Conflict:  # another deploy made it in the meantime
            return lease.api.get(lease.path)


def _take(lease: Lease, current: dict[str, Any]) -> bool:
    now = _now()
    transitions = int(current["spec"].get("leaseTransitions") or 0) + 1
    current["spec"] = {
        "holderIdentity": lease.identity,
        "leaseDurationSeconds": int(DURATION),
        "acquireTime": now,
        "renewTime": now,
        "leaseTransitions": transitions,
    }
    try:
        lease.api.replace(lease.path, current)
    except Conflict:
        return False
    return True


def _leases(namespace: str) -> str:
    return f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"


def _holder(lease: dict[str, Any]) -> str:
    return str(lease["spec"].get("holderIdentity") or "")


def _identity() -> str:
    # The random part tells two runs of one person apart, also across containers that share a pid.
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        user = f"uid-{os.getuid()}"
    return f"{user}@{socket.gethostname()} pid {os.getpid()} {secrets.token_hex(3)}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
