"""The values of a hub with features, as the chart's files and computed values make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from deployer.charts.chart import find_chart
from deployer.fleet.documents import Document
from deployer.fleet.features import Speaker, features
from deployer.operations.charts_at_hand import Umbrella
from deployer.render.merge import merge
from deployer.render.values import layers
from tests.render import fleets

if TYPE_CHECKING:
    from pathlib import Path


def values(repository: Path, text: str, *, own: str = "{}", provider: str = "aws") -> dict[str, Any]:
    """Return the values of a hub that asks for `auth: ...`, `features: ...`, with a file of its own."""
    umbrella = Umbrella(chart=find_chart(repository, "basehub"))
    asked = features([Speaker(document=fleets.document(text))])
    # What the schema refuses counts nowhere, and a test of it would show a hub without it.
    said = [key for key, value in yaml.safe_load(text).get("features", {}).items() if value is not False]
    assert sorted(said) == sorted(feature.name for feature in asked if feature.name != "auth")
    hub = fleets.hub(fleets.values_file("own.values.yaml", own), features=asked)
    found = layers(
        fleets.cluster(provider, hub),
        hub,
        Document(path=repository, name="nothing", data={}),
        hub_python=umbrella.hub_python,
        chart_files=umbrella.chart_files,
    )
    return dict(merge(found).values)
