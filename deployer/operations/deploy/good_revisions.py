"""What a Lease remembers of a release: which revisions proved good, and the chart of the newest of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_GOOD = "deployer.dev/good-revisions"
_CHART = "deployer.dev/good-chart"
_KEPT_GOOD = 5


@dataclass(frozen=True, kw_only=True)
class GoodRevisions:
    """What is known of a release. `good` are its good revisions, the oldest first.

    `chart` names the content of the chart that the last of them was made of, with the definitions that were
    applied before it; None when that is not known, as after a rollback.
    """

    good: tuple[int, ...] = ()
    chart: str | None = None

    def with_good(self, number: int, chart: str | None) -> GoodRevisions:
        """Return it with one more good revision; the oldest are forgotten."""
        numbers = (*(known for known in self.good if known != number), number)
        return GoodRevisions(good=numbers[-_KEPT_GOOD:], chart=chart)

    def annotations(self) -> dict[str, str | None]:
        """Return what the Lease is to say of it; null takes an annotation away."""
        return {_GOOD: ",".join(map(str, self.good)), _CHART: self.chart}


def of_lease(lease: dict[str, Any]) -> GoodRevisions:
    """Return what a Lease says."""
    annotations = lease["metadata"].get("annotations", {})
    numbers = annotations.get(_GOOD, "").split(",")
    return GoodRevisions(good=tuple(int(each) for each in numbers if each), chart=annotations.get(_CHART))
