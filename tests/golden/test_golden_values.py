"""The values of a small fleet with every kind of provider, compared with what they were.

After an intended change: `pytest tests/golden --update-golden`, and read the difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.fleet import documents
from deployer.fleet.load import load_fleet
from deployer.render.merge import merge
from deployer.render.text import as_yaml
from deployer.render.values import layers

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster, Hub
    from tests.golden.comparison import Golden

HERE = Path(__file__).parent
FLEET = load_fleet(HERE / "fleet", state=HERE / "state")
HUBS = [(cluster, hub) for cluster in FLEET.clusters for hub in cluster.hubs]
PYTHON = {"example.py": "example = True\n"}


def test_every_kind_of_provider_is_in_the_fleet() -> None:
    providers = {type(cluster.provider).__name__ for cluster in FLEET.clusters}
    assert providers == {"Aws", "Azure", "Gcp", "Kubeconfig", "Local"}


@pytest.mark.parametrize(
    ("cluster", "hub"), HUBS, ids=[f"{cluster.name}-{hub.name}" for cluster, hub in HUBS]
)
def test_values_are_what_they_were(cluster: Cluster, hub: Hub, repository: Path, golden: Golden) -> None:
    defaults = documents.read(repository / "helm-charts/basehub/values.yaml", root=repository)
    merged = merge(layers(cluster, hub, defaults, hub_python=PYTHON))
    golden.check(HERE / f"values/{cluster.name}-{hub.name}.yaml", as_yaml(merged.values))


def test_there_is_no_expectation_without_a_hub() -> None:
    expected = {f"{cluster.name}-{hub.name}" for cluster, hub in HUBS}
    assert {path.stem for path in (HERE / "values").glob("*.yaml")} == expected
