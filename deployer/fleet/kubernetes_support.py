"""Until when clouds support a minor version of Kubernetes, as they said on the day of the table.

What is not in kubernetes_support.json could not be found: of GKE's extended support no date, and of its 1.34
only the quarter. Renew the table from the sources that it names.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["standard", "extended", "ended"]

_VERSION = re.compile(r"(1\.[0-9]+)([.-].+)?")
_TABLE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, kw_only=True)
class Support:
    """The last days of a cloud's support for a version. `extended` is None where we know of none.

    `service` is what the cloud calls its Kubernetes, `kind` what the extended support is; `told` is the day
    of the table, `sources` where it is from.
    """

    service: str
    standard: date
    extended: date | None
    kind: str
    told: date
    sources: tuple[str, ...]

    @property
    def ends(self) -> date:
        """The last day of any support."""
        return self.extended or self.standard

    def state(self, today: date) -> State:
        """Return which support there is on a day."""
        if today <= self.standard:
            return "standard"
        return "extended" if today <= self.ends else "ended"

    def next_end(self, today: date) -> date | None:
        """Return the last day of the support there is on a day, None when there is none any more."""
        state = self.state(today)
        return {"standard": self.standard, "extended": self.ends, "ended": None}[state]


def support(provider: str | None, version: str) -> Support | None:
    """Return a provider's support for a minor version such as `1.34`, None when it is unknown."""
    table = _table().get(provider or "")
    row = table["versions"].get(version) if table else None
    if not table or not row:
        return None
    return Support(
        service=table["service"],
        standard=date.fromisoformat(row["standard"]),
        extended=date.fromisoformat(row["extended"]) if "extended" in row else None,
        kind=table["extended"],
        told=date.fromisoformat(table["date"]),
        sources=tuple(table["sources"]),
    )


def known_versions(provider: str | None) -> tuple[str, ...]:
    """Return the minor versions of a provider whose support is known, the oldest first."""
    return tuple(_table().get(provider or "", {}).get("versions", ()))


def offered(provider: str, today: date) -> tuple[tuple[str, Support], ...]:
    """Return the versions that a provider supports on a day, the oldest first.

    The day on which a provider begins to offer one is not in the table: the newest may be announced only.
    """
    found = ((version, support(provider, version)) for version in known_versions(provider))
    return tuple((version, known) for version, known in found if known and known.state(today) != "ended")


def providers() -> tuple[str, ...]:
    """Return the providers of whom versions are known."""
    return tuple(_table())


def minor(version: str | None) -> str | None:
    """Return the minor version of one of a cloud's, such as `1.34` of `1.34.3-gke.1`, None if it is none."""
    matched = _VERSION.fullmatch(version or "")
    return matched[1] if matched else None


@cache
def _table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return found
