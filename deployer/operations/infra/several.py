"""Several clusters at a time: no more than the machine carries, and one that fails stops no other."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.infrastructure import infrastructure as block
from deployer.fleet.load import cluster_names, load_fleet, select_cluster
from deployer.operations.infra import outputs
from deployer.operations.infra.plan import ProtectedChanges
from deployer.operations.infra.run import infrastructure

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from deployer.fleet.model import Cluster
    from deployer.operations.infra.run import Infrastructure
    from deployer.session import Session

T = TypeVar("T")
_NEEDS = 700 * 1024**2
"""Bytes of memory that a Terraform at work takes with the provider of a large cloud."""


@dataclass(kw_only=True)
class Work(Generic[T]):
    """A cluster at work on: `found` is what was planned, `error` why it goes no further.

    `written` is outputs.yaml when that changed.
    """

    name: str
    cluster: Cluster | None = None
    opened: Infrastructure | None = None
    found: T | None = None
    error: DeployerError | None = None
    done: bool = False
    written: Path | None = None
    seconds: float = 0.0
    _open: ExitStack = field(default_factory=ExitStack)

    def state(self, *, done: str, waits: bool) -> str:
        """Return in a word what became of it; `done` is the word for success, `waits` says it has changes."""
        if isinstance(self.error, ProtectedChanges):
            return "stopped"
        if isinstance(self.error, Interrupted):
            return "interrupted"
        if self.error:
            return "failed"
        if not waits:
            return "unchanged"
        return done if self.done else "planned"

    def close(self) -> None:
        """Let others work on it."""
        self._open.close()

    @contextmanager
    def tried(self) -> Iterator[None]:
        """Keep what goes wrong in the block for this cluster, and how long it took."""
        start = time.monotonic()
        try:
            yield
        except DeployerError as error:
            self.error = error
            self.close()
        finally:
            self.seconds += time.monotonic() - start

    def begin(self, session: Session, root: Path, look: Callable[[Infrastructure], T], *, stay: bool) -> None:
        """Open it and look; `stay` lets it be open for more."""
        with self.tried():
            if self.cluster:
                opening = infrastructure(session, root, self.cluster, plan_only=not stay)
                self.opened = self._open.enter_context(opening)
                self.found = look(self.opened)
        if not stay:
            self.close()


def wanted(session: Session, root: Path, names: Collection[str]) -> list[Work[T]]:
    """Return the work on these clusters, or on all that are to be built; each is loaded by itself."""
    found: list[Work[T]] = []
    for name in dict.fromkeys(names) or cluster_names(root):
        work: Work[T] = Work(name=name)
        with work.tried():
            work.cluster = loaded(session, root, name)
        if names or work.error or (work.cluster and block(work.cluster) is not None):
            found.append(work)
    return found


def loaded(session: Session, root: Path, name: str) -> Cluster:
    """Return a cluster to work on. What is wrong with its outputs.yaml, that work mends.

    Raises:
        DeployerError: there is none of this name, or something else is wrong with its files.
    """
    return select_cluster(load_fleet(root, state=session.state, only=name, apart_from=outputs.NAME), name)


@contextmanager
def begun(
    session: Session,
    root: Path,
    works: Sequence[Work[T]],
    look: Callable[[Infrastructure], T],
    *,
    jobs: int,
    stay: bool,
) -> Iterator[None]:
    """Open the clusters that could be loaded, look at each, and close them when the block ends."""
    try:
        _at_once(lambda work: work.begin(session, root, look, stay=stay), _well(works), jobs)
        yield
    finally:
        for work in works:
            work.close()


def carry_out(
    works: Sequence[Work[T]], act: Callable[[Infrastructure, T], Path | None], *, jobs: int
) -> None:
    """Do what was planned for each cluster that nothing speaks against."""

    def carry(work: Work[T]) -> None:
        with work.tried():
            if work.opened is not None and work.found is not None:
                work.written = act(work.opened, work.found)
                work.done = True
        work.close()

    _at_once(carry, _well(works), jobs)


def bound(cores: int, memory: int) -> int:
    """Return how many clusters can be worked on at a time with so many cores and bytes of memory."""
    return max(1, min(cores, memory // _NEEDS))


def here() -> int:
    """Return how many can be at a time on this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = Path("/sys/fs/cgroup/memory.max")  # what a container may have
    told = limit.read_text(encoding="ascii").strip() if limit.is_file() else ""
    return bound(cores, min(memory, int(told)) if told.isdigit() else memory)


def _well(works: Sequence[Work[T]]) -> list[Work[T]]:
    return [work for work in works if work.error is None]


def _at_once(do: Callable[[Work[T]], None], works: Sequence[Work[T]], jobs: int) -> None:
    if len(works) == 1:
        do(works[0])  # in the main thread, see opening.py
        return
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        # What is no DeployerError is a bug, and is raised here.
        list(pool.map(do, works))
