"""The feature `templates`: whether what an image brings reaches the hub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.render.features.templates import entries
from deployer.rules.values.parts.asked import asked, finding
from deployer.rules.values.parts.shapes import sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_HUB = ("jupyterhub", "hub")


@rule()
def templates_image(release: HubValues) -> Iterator[Finding]:
    """Want the hub to copy and mount the templates of an image that `templates` names.

    An entry in three lists of the chart does that. Lists are not merged: one in a hub's own file takes the
    place of the feature's, and the hub would not start, or show other pages. It has to have the entry too.
    What a preset has in them stays.
    """
    for feature in asked(release, "templates"):
        said = feature.document.value((*feature.at, "image_directory"))
        if said is not None and "image" not in feature.settings:
            message = "`templates` has an `image_directory` and no `image` that it is in"
            yield finding(feature, ("image_directory",), message)
        for key, entry in entries(feature.settings).items():
            at = (*_HUB, key)
            if entry not in sequence(release.value(*at)):
                message = (
                    f"`{'.'.join(at)}` takes the place of the list that `templates` makes: write yours into "
                    f"a preset, whose list stays, or add this to it: {json.dumps(entry)}"
                )
                yield release.finding(at, message)


RULES = (templates_image,)
