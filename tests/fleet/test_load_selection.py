"""Which fleet is meant, and which of its clusters and hubs: no more is read than was asked for."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.fleet.load import cluster_names, find_root, load, load_fleet, select_cluster, select_hubs
from deployer.fleet.problems import ConfigurationError
from tests.fleet.loading import EVERY_KEY, two_clusters, write

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Fleet


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return two_clusters(tmp_path)


@pytest.fixture
def fleet() -> Fleet:
    return load_fleet(EVERY_KEY)


def test_with_one_cluster_wanted_no_other_is_read(root: Path) -> None:
    write(root, "config/clusters/sea/cluster.yaml", "name: [")
    write(root, "config/presets/broken.yaml", "[")
    fleet, problems = load(root, only="alps")
    assert ([cluster.name for cluster in fleet.clusters], problems) == (["alps"], ())


def test_the_root_is_found_from_below(root: Path) -> None:
    assert find_root(root) == root
    assert find_root(root / "config/clusters/alps") == root


def test_without_a_fleet_the_option_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeployerError, match="no fleet here") as found:
        find_root(tmp_path)
    with pytest.raises(DeployerError, match="it has no `config/clusters`") as loaded:
        load(tmp_path)
    for raised in (found, loaded):
        assert raised.value.hint is not None
        assert "--root" in raised.value.hint


@pytest.mark.parametrize(
    ("name", "hint"),
    [("alp", "did you mean `alps`?"), ("x", "known: alps, sea"), ("../x", "known: alps, sea")],
)
def test_an_unknown_cluster_is_refused_with_what_was_meant(root: Path, name: str, hint: str) -> None:
    with pytest.raises(DeployerError) as loaded:
        load(root, only=name)
    with pytest.raises(DeployerError) as selected:
        select_cluster(load_fleet(root), name)
    for raised in (loaded, selected):
        assert (raised.value.message, raised.value.hint) == (f"no such cluster: {name}", hint)


def test_hubs_are_selected_by_name_each_once(fleet: Fleet) -> None:
    alps = select_cluster(fleet, "alps")
    assert [hub.name for hub in select_hubs(alps, [])] == ["staging", "research"]
    assert [hub.name for hub in select_hubs(alps, ["research", "research"])] == ["research"]


def test_an_unknown_hub_is_refused_with_what_was_meant(fleet: Fleet) -> None:
    with pytest.raises(DeployerError) as raised:
        select_hubs(select_cluster(fleet, "alps"), ["staging", "reserch"])
    assert (raised.value.message, raised.value.hint) == (
        "no such hub: alps reserch",
        "did you mean `research`?",
    )


def test_a_cluster_without_hubs_has_none_to_mean(fleet: Fleet) -> None:
    with pytest.raises(DeployerError) as raised:
        select_hubs(select_cluster(fleet, "sea"), ["x"])
    assert raised.value.hint == "there is none"


def test_names_of_clusters_are_known_without_reading_them(root: Path) -> None:
    write(root, "config/clusters/sea/cluster.yaml", "[")
    (root / "config/clusters/templates").mkdir()
    assert cluster_names(root) == ("alps", "sea")


def test_what_is_wrong_with_one_hubs_own_file_does_not_stop_another_hub(
    tmp_path: Path, repository: Path
) -> None:
    shutil.copytree(repository / "config", tmp_path / "config")
    broken = tmp_path / "config" / "clusters" / "local" / "demo.values.yaml"
    broken.write_text("jupyterhub: [\n")
    assert load_fleet(tmp_path, only="local", hubs=["staging"]).clusters
    with pytest.raises(ConfigurationError):
        load_fleet(tmp_path, only="local", hubs=["demo"])
    shared = broken.with_name("common.values.yaml")
    broken.write_text("{}\n")
    shared.write_text("jupyterhub: [\n")
    with pytest.raises(ConfigurationError):
        load_fleet(tmp_path, only="local", hubs=["staging"])


def test_the_support_is_no_hub(repository: Path) -> None:
    cluster = select_cluster(load_fleet(repository), "local")
    with pytest.raises(DeployerError, match=r"^no hub: local support$") as raised:
        select_hubs(cluster, ["support"])
    assert "--support" in (raised.value.hint or "")


def test_what_is_wrong_with_the_supports_files_stops_only_who_asks_for_it(
    tmp_path: Path, repository: Path
) -> None:
    shutil.copytree(repository / "config", tmp_path / "config")
    cluster = tmp_path / "config" / "clusters" / "local" / "cluster.yaml"
    said = cluster.read_text()
    cluster.write_text(f"{said}support: {{helm_chart_values_files: [support.values.yaml]}}\n")
    cluster.with_name("support.values.yaml").write_text("traefik: [\n")
    assert load_fleet(tmp_path, only="local", hubs=["staging"]).clusters
    assert load_fleet(tmp_path, only="local", support=False).clusters
    for hubs in ([], ["support"], ["staging", "support"]):
        with pytest.raises(ConfigurationError):
            load_fleet(tmp_path, only="local", hubs=hubs)
    cluster.with_name("demo.values.yaml").write_text("jupyterhub: [\n")
    with pytest.raises(ConfigurationError):
        load_fleet(tmp_path, only="local", support=False)
