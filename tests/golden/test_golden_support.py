"""What a cluster runs for its hubs, on each cloud: what is computed, and the objects that are ours.

After an intended change: `pytest tests/golden --update-golden`, and read the difference.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.fleet import documents
from deployer.fleet.model import Cluster, Fleet, Organisation
from deployer.operations.render import handed, manifests, rendered
from deployer.render.merge import merge
from deployer.render.support import layers
from deployer.render.text import as_yaml
from tests.charts.making import built_helm, write_mirror
from tests.charts.test_support_upstream import OUTPUTS
from tests.golden.comparison import without_dashboards
from tests.render import fleets

if TYPE_CHECKING:
    from deployer.session import Session
    from tests.golden.comparison import Golden

HERE = Path(__file__).parent / "support"
CLOUDS = (*sorted(OUTPUTS), "local")


GUARDED = """\
placeholders:
  notebooks: {places: 3, memory: 2Gi, cpu: 500m}
  evening: {places: 20, memory: 1Gi, weekly: {starts: "45 17 * * 2", hours: 3.5, timeZone: Europe/Berlin}}
disableCoredumps: {enabled: true}
"""


def cluster(provider: str, *files: str) -> Cluster:
    pools = "{notebooks: [{machine: g4dn.xlarge}]}" if provider == "aws" else "{}"
    said = f"infrastructure: {{node_pools: {pools}}}" if provider in ("aws", "azure", "gcp") else "{}"
    return fleets.cluster(
        provider,
        organisation=Organisation(contact="ops@example.org"),
        outputs=OUTPUTS.get(provider, {}),
        document=fleets.document(said, "cluster.yaml"),
        support_files=tuple(fleets.values_file("support.values.yaml", text) for text in files),
    )


@pytest.mark.parametrize("provider", CLOUDS)
def test_what_is_computed_is_what_it_was(provider: str, repository: Path, golden: Golden) -> None:
    defaults = documents.read(repository / "helm-charts/support/values.yaml", root=repository)
    found = layers(cluster(provider), defaults, chart_files={})
    computed = merge(layer for layer in found if layer.kind == "computed").values
    golden.check(HERE / f"{provider}.values.yaml", as_yaml(computed))


@pytest.mark.integration
@pytest.mark.parametrize("provider", CLOUDS)
def test_objects_that_are_ours_are_what_they_were(
    provider: str, session: Session, repository: Path, tmp_path: Path, golden: Golden
) -> None:
    """The packages are tiny here and render nothing."""
    session = replace(session, chart_mirror=write_mirror(tmp_path / "mirror"))
    golden.check(HERE / f"{provider}.objects.yaml", _objects(session, repository, cluster(provider)))


@pytest.mark.integration
def test_room_and_guards_are_what_they_were(
    session: Session, repository: Path, tmp_path: Path, golden: Golden
) -> None:
    session = replace(session, chart_mirror=write_mirror(tmp_path / "mirror"))
    golden.check(HERE / "guarded.objects.yaml", _objects(session, repository, cluster("aws", GUARDED)))


def _objects(session: Session, repository: Path, own: Cluster) -> str:
    fleet = Fleet(root=repository, clusters=(own,))
    release = rendered(session, fleet, own, own.support, decrypt=False, download=False)
    text = manifests(session, release, helm=built_helm(repository, "helm"), values=handed(release))
    return without_dashboards(text)


def test_there_is_no_expectation_without_a_cloud() -> None:
    assert {path.name.partition(".")[0] for path in HERE.glob("*.yaml")} == {*CLOUDS, "guarded"}
