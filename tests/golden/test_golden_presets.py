"""What the presets that come with the program give a hub: its values without the chart's own, as they were.

After an intended change: `pytest tests/golden --update-golden`, and read the difference.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet import documents
from deployer.fleet.load import load_fleet
from deployer.fleet.shipped import places
from deployer.operations.validation.validate import validate
from deployer.render.ladder import make_ladder
from deployer.render.merge import merge
from deployer.render.paths import look_up
from deployer.render.text import as_yaml
from deployer.render.values import layers
from tests.charts.making import write_mirror

if TYPE_CHECKING:
    from deployer.fleet.model import Hub
    from deployer.render.merge import Merged
    from deployer.session import Session
    from tests.golden.comparison import Golden

HERE = Path(__file__).parent
ROOT = HERE / "presets"
FLEET = load_fleet(ROOT, state=HERE / "state")
(CLUSTER,) = (cluster for cluster in FLEET.clusters if cluster.name == "campus")
STEMS = sorted(path.stem for path in places(ROOT, "presets")[-1].glob("*.yaml"))


def merged(hub: Hub, repository: Path) -> Merged:
    defaults = documents.read(repository / "helm-charts/basehub/values.yaml", root=repository)
    return merge(layers(CLUSTER, hub, defaults, hub_python={}))


def test_every_preset_is_in_the_fleet() -> None:
    assert set(STEMS) <= {hub.name for hub in CLUSTER.hubs}


@pytest.mark.parametrize("hub", CLUSTER.hubs, ids=lambda hub: hub.name)
def test_a_presets_values_are_what_they_were(hub: Hub, repository: Path, golden: Golden) -> None:
    found = [layer for layer in merged(hub, repository).layers if layer.kind in ("preset", "feature")]
    golden.check(HERE / f"presets/values/{hub.name}.yaml", as_yaml(merge(found).values))


def test_there_is_no_expectation_without_a_hub_of_presets() -> None:
    found = {path.stem for path in (HERE / "presets/values").glob("*.yaml")}
    assert found == {hub.name for hub in CLUSTER.hubs}


@pytest.mark.parametrize("hub", CLUSTER.hubs, ids=lambda hub: hub.name)
def test_no_two_mounts_of_a_server_have_one_path(hub: Hub, repository: Path) -> None:
    at = ("jupyterhub", "singleuser", "storage", "extraVolumeMounts")
    mounts = look_up(merged(hub, repository).values, at) or {}
    paths = [mount["mountPath"] for mount in mounts.values() if mount]
    assert sorted(paths) == sorted(set(paths))


@pytest.mark.parametrize(
    ("machine", "smallest"), [("n2-highmem-4", 8), ("r5.xlarge", 9), ("Standard_E4s_v5", 8)]
)
def test_the_sizes_of_research_fill_nodes_of_all_clouds(
    machine: str, smallest: int, repository: Path
) -> None:
    (research,) = (hub for hub in CLUSTER.hubs if hub.name == "research")
    (profile,) = look_up(merged(research, repository).values, ("jupyterhub", "singleuser", "profileList"))
    sizes = profile["profile_options"]["size"]["choices"].values()
    room = make_ladder(machine).room
    assert [_servers(size["kubespawner_override"], room) for size in sizes] == [smallest, 4, 2, 1]


def _servers(override: dict[str, Any], room: Any) -> int:
    memory = int(override["mem_guarantee"].removesuffix("M")) * 2**20
    return int(min(room.memory // memory, room.cpu // round(override["cpu_guarantee"] * 1000)))


@pytest.mark.integration
@pytest.mark.parametrize("source", ["stand-in", "upstream"])
def test_hubs_of_presets_are_valid_as_they_are(
    source: str, session: Session, repository: Path, tmp_path: Path
) -> None:
    """Every chart is rendered, and its objects are looked at."""
    tools = repository / ".tools/bin"
    if not (tools / "helm").exists():
        pytest.skip("not built: .tools/bin/helm")
    named = os.environ.get("DEPLOYER_CHART_MIRROR")
    if source == "upstream" and not named:
        pytest.skip("DEPLOYER_CHART_MIRROR names no charts of upstream")
    mirror = write_mirror(tmp_path / "mirror") if source == "stand-in" else Path(str(named))
    session = replace(session, environ=dict(os.environ), tools=(tools,), chart_mirror=mirror)
    report = validate(session, ROOT, render=True)
    assert report.not_checked == ()
    assert [str(problem) for problem in report.problems if problem.rule not in NODES_OPEN] == []


NODES_OPEN = ("pod-security", "privileged-container")
"""BinderHub builds images as root on the node, with the real chart."""
