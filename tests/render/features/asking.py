"""The values that a hub gets for a feature it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from deployer.fleet.features import Speaker, features
from deployer.fleet.model import Organisation
from deployer.render.features import layers
from deployer.render.merge import merge
from deployer.render.subject import Subject
from tests.render import fleets

if TYPE_CHECKING:
    from collections.abc import Mapping


def asked(
    text: str,
    *,
    provider: str = "aws",
    own: str = "{}",
    said: str = "{}",
    cluster: str = "{}",
    organisation: Organisation | None = None,
    outputs: Mapping[str, Any] | None = None,
    chart_files: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the values of the features that a text asks for: `auth: ...`, `features: ...`.

    `own` is what the hub's files say over the chart's defaults and `said` without those, `cluster` the other
    keys of cluster.yaml, `outputs` what its infrastructure told, and `chart_files` are those of the chart.
    """
    hub = fleets.hub(features=features([Speaker(document=fleets.document(text))]))
    more = {
        "document": fleets.document(cluster),
        "organisation": organisation or Organisation(),
        "outputs": outputs or {},
    }
    subject = Subject(
        cluster=fleets.cluster(provider, hub, **more),
        hub=hub,
        host=hub.domain,
        own=yaml.safe_load(own),
        said=yaml.safe_load(said),
        hub_python={},
        chart_files=chart_files or {},
    )
    return dict(merge(layers(subject)).values)
