"""What the hubs of one run have in common: charts, Helm, and what is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from deployer.operations.charts_at_hand import Charts
from deployer.operations.validation.keys import Keys
from deployer.tools.helm import find_helm
from deployer.tools.process import programs

if TYPE_CHECKING:
    from deployer.fleet.model import Fleet, Installed
    from deployer.operations.validation.cache import Cache
    from deployer.rules.baseline import Baseline
    from deployer.rules.own.load import OwnRules
    from deployer.session import Session
    from deployer.tools.helm import Helm


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the hubs of one run have in common. Without a `cache`, nothing is remembered."""

    session: Session
    fleet: Fleet
    baseline: Baseline
    own: OwnRules
    render: bool
    cache: Cache | None = None
    _kept: list[tuple[str, Installed]] = field(default_factory=list, repr=False)

    def known(self, key: str) -> Any:
        """Return what is remembered, or None."""
        return self.cache.get(key) if self.cache else None

    def keep(self, key: str, owner: Installed, found: Any) -> None:
        """Remember something about a release."""
        if self.cache:
            self.cache.put(key, found)
            self._kept.append((key, owner))

    def finish(self) -> None:
        """Forget again what was kept about charts that have changed meanwhile; make room."""
        if not self.cache or not self._kept:
            return
        owners = {(owner.chart, owner.chart_override): owner for _, owner in self._kept}
        changed = {chart for chart, owner in owners.items() if not self.charts.same(owner)}
        for key, owner in self._kept:
            if (owner.chart, owner.chart_override) in changed:
                self.cache.remove(key)
        self.cache.trim()

    @cached_property
    def charts(self) -> Charts:
        """The charts, of which nothing is downloaded."""
        return Charts(session=self.session, root=self.fleet.root, download=False)

    @cached_property
    def keys(self) -> Keys:
        """What findings depend on."""
        return Keys(fleet=self.fleet, charts=self.charts, own=self.own)

    @cached_property
    def helm(self) -> Helm:
        """The installed Helm, asked for its version once."""
        return find_helm(programs(self.session))
