"""The feature `warm_nodes`: whether its windows are times, and its nodes are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.render.warm_windows import windows
from deployer.rules.values.parts.asked import asked, finding, unknown_pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues


@rule()
def warm_nodes(release: HubValues) -> Iterator[Finding]:
    """Want windows of `warm_nodes` to end after they begin, on days that there are, and a pool that there is.

    The hub could make nothing of another, and nodes would be missing on the day.
    """
    for feature in asked(release, "warm_nodes"):
        yield from unknown_pool(release, feature, feature.settings, ())
        for index, said in enumerate(feature.settings["windows"]):
            try:
                (window,) = windows([said])
            except ValueError:
                message = f"no such day or hour: `{said['from']}` or `{said['until']}`"
                yield finding(feature, ("windows", index), message)
                continue
            if window.end <= window.start:
                message = "a window ends after it begins: look at days, hours and time zones"
                yield finding(feature, ("windows", index, "until"), message)


RULES = (warm_nodes,)
