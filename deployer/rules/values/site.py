"""The feature `site`: whether its path is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.asked import asked, finding
from deployer.rules.values.parts.shapes import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues


@rule()
def site_path(release: HubValues) -> Iterator[Finding]:
    """Want the path of `site` to be the name of no other service of the hub.

    The site is a service of that name. Two of one name are one to the hub: the site would have the token of
    the other, with all that it may do, and one of the two has the other's address.
    """
    for feature in asked(release, "site"):
        path = feature.settings["path"]
        if path in _other_services(release):
            message = f"the hub has a service `{path}` already: give the site another `path`"
            yield finding(feature, ("path",), message)


RULES = (site_path,)


def _other_services(release: HubValues) -> set[str]:
    """Return the services that a hub names or gives a role; the site has none."""
    named = {name for feature in asked(release, "services") for name in feature.settings}
    roles = mapping(release.value("jupyterhub", "hub", "loadRoles")).values()
    return named.union(*(map(str, sequence(mapping(role).get("services"))) for role in roles))
