"""What one run of the program is given from outside: environment, directories, progress, interruption."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from deployer.interruption import Interruption
from deployer.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deployer.progress import Progress


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Session:
    """The surroundings of one run. Everything below `commands` gets them from here, never by itself.

    `cache` may be deleted at any time; `state` describes things that exist (the local cluster).
    `tools` are directories searched for programs before those of `PATH`; `chart_mirror` is searched for
    charts before any network. `trace` is told each program that is started, as a line for a shell.
    `clock` tells the time, with a time zone.
    """

    environ: Mapping[str, str]
    cache: Path
    state: Path
    tools: tuple[Path, ...] = ()
    chart_mirror: Path | None = None
    trace: Callable[[str], None] | None = None
    progress: Progress = field(default_factory=Silent)
    interruption: Interruption = field(default_factory=Interruption)
    clock: Callable[[], datetime] = field(default=_now, repr=False)


def directories(environ: Mapping[str, str]) -> tuple[Path, Path]:
    """Return the cache and the state directory: `DEPLOYER_CACHE`, `DEPLOYER_STATE`, else the system's own."""
    import platformdirs

    cache = environ.get("DEPLOYER_CACHE") or platformdirs.user_cache_dir("deployer", appauthor=False)
    state = environ.get("DEPLOYER_STATE") or platformdirs.user_state_dir("deployer", appauthor=False)
    return Path(cache), Path(state)
