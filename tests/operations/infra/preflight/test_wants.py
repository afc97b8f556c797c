"""What node pools want at their largest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.clouds.asking import Pool
from deployer.fleet.load import load_fleet, select_cluster
from deployer.fleet.machines.table import machine
from deployer.operations.infra.preflight.wants import wanted
from deployer.render.tfvars import tfvars

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER = """
schema: 2
name: sea
provider: gcp
gcp: {project: hubs, cluster: sea, zone: europe-west1-b}
infrastructure:
  network: {private_nodes: false}
  node_pools:
    core: {machine: n2-highmem-2, max: 3, disk: 50}
    gpu: {machine: n1-standard-4, max: 2, spot: true, gpu: {type: nvidia-tesla-t4, count: 2}}
    notebooks: {machine: a2-highgpu-1g}
hubs: []
"""


def test_pools_are_taken_at_their_most_with_their_disks_and_gpus(tmp_path: Path) -> None:
    path = tmp_path / "config/clusters/sea/cluster.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(CLUSTER)
    cluster = select_cluster(load_fleet(tmp_path, state=tmp_path / "state"), "sea")
    found = wanted(cluster, tfvars(cluster), {"google_container_cluster": 1})
    assert (found.new, found.private) == (True, False)
    assert wanted(cluster, tfvars(cluster), {}).new is False
    core, gpu, notebooks = found.pools
    assert core == Pool(
        name="core",
        machine="n2-highmem-2",
        type=machine("n2-highmem-2"),
        nodes=3,
        disk=50,
        spot=False,
        gpu="",
        gpus=0,
    )
    assert (gpu.spot, gpu.gpu, gpu.gpus, gpu.disk) == (True, "nvidia-tesla-t4", 2, 100)
    # What nobody says is at most 20; the machine type brings its GPU.
    assert (notebooks.nodes, notebooks.gpu, notebooks.gpus) == (20, "nvidia-tesla-a100", 1)
