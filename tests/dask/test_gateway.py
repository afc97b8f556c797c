"""A person of a real JupyterHub starts a cluster of a real Dask Gateway, and its worker computes a sum.

The gateway has the configuration that the chart writes, with its options and sizes. Scheduler and worker are
processes of this machine in place of pods: the images of pods are in no registry that tests can reach.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.hub.features import values
from tests.hub.running_hub import PATIENCE, RunningHub, free_port, running_hub

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

FEATURES = """
auth: {type: dummy}
features:
  dask: {worker_sizes: [{cpu: 1, memory_gb: 1}], max_idle_minutes: 60}
"""
HERE = """
import os
from dask_gateway_server.backends.kubernetes.backend import KubeClusterConfig
from dask_gateway_server.backends.local import LocalClusterConfig, UnsafeLocalBackend

class Configuration(LocalClusterConfig, KubeClusterConfig):
    pass

class OnThisMachine(UnsafeLocalBackend):
    pass

c.DaskGateway.backend_class = OnThisMachine
c.OnThisMachine.cluster_config_class = Configuration
c.DaskGateway.address = os.environ["GATEWAY_TEST_ADDRESS"]
c.Proxy.address = os.environ["GATEWAY_TEST_PROXY"]
c.DaskGateway.authenticator_class = "dask_gateway_server.auth.JupyterHubAuthenticator"
c.JupyterHubAuthenticator.jupyterhub_api_token = os.environ["GATEWAY_TEST_TOKEN"]
c.JupyterHubAuthenticator.jupyterhub_service_name = "dask-gateway"
c.JupyterHubAuthenticator.jupyterhub_api_url = os.environ["GATEWAY_TEST_HUB"]
"""
CLIENT = """
import sys
from dask_gateway import Gateway
from dask_gateway.auth import JupyterHubAuth

address, token = sys.argv[1:]
with Gateway(address, proxy_address=address, auth=JupyterHubAuth(token)) as gateway:
    options = gateway.cluster_options()
    with gateway.new_cluster(options) as cluster:
        cluster.scale(1)
        with cluster.get_client() as client:
            client.wait_for_workers(1, timeout=60)
            print(client.submit(sum, range(101)).result(timeout=60))
    print(gateway.list_clusters())
"""


@contextmanager
def running_gateway(directory: Path, made: dict[str, Any], hub: RunningHub) -> Iterator[str]:
    """Run a gateway with the chart's parts of its configuration, and yield its address."""
    parts = made["dask-gateway"]["gateway"]["extraConfig"]
    config = directory / "gateway.py"
    config.write_text("\n".join([*(parts[name] for name in sorted(parts)), HERE]))
    address, proxy = (f"127.0.0.1:{free_port()}" for _ in range(2))
    environ = {
        "HOME": str(directory),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GATEWAY_TEST_ADDRESS": address,
        "GATEWAY_TEST_PROXY": proxy,
        "GATEWAY_TEST_TOKEN": f"{hub.token}dask-gateway",
        "GATEWAY_TEST_HUB": f"{hub.url}/hub/api",
    }
    log = directory / "gateway.log"
    with log.open("wb") as sink:
        argv = [sys.executable, "-m", "dask_gateway_server", "--config", str(config)]
        process = subprocess.Popen(argv, cwd=directory, env=environ, stdout=sink, stderr=sink)
    try:
        ends = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < ends:
            try:
                requests.get(f"http://{proxy}/api/health", timeout=PATIENCE).raise_for_status()
                break
            except requests.RequestException:
                time.sleep(0.1)
        else:
            raise AssertionError(f"the gateway did not start\n{log.read_text()}")
        yield f"http://{proxy}"
    finally:
        process.terminate()
        process.wait()


def test_a_cluster_of_one_worker_computes_a_sum(tmp_path: Path, repository: Path) -> None:
    made = values(repository, FEATURES)
    with running_hub(tmp_path, made) as hub, running_gateway(tmp_path, made, hub) as gateway:
        with requests.Session() as browser:
            hub.send(browser, "/hub/login", username="ada", password="any")
            token = browser.post(
                f"{hub.url}/hub/api/users/ada/tokens",
                params={"_xsrf": browser.cookies.get("_xsrf", path="/hub/")},
                json={"scopes": ["access:services!service=dask-gateway"]},
                timeout=PATIENCE,
            ).json()["token"]
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, gateway, token],
            # As in the servers of users.
            env={
                "HOME": str(tmp_path),
                "PATH": os.environ["PATH"],
                "DASK_GATEWAY__CLUSTER__OPTIONS__IMAGE": "lab:1",
            },
            capture_output=True,
            text=True,
            timeout=3 * PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr + (tmp_path / "gateway.log").read_text()
        assert done.stdout.splitlines() == ["5050", "[]"]


def test_nobody_without_a_token_of_the_hub_gets_in(tmp_path: Path, repository: Path) -> None:
    made = values(repository, FEATURES)
    with running_hub(tmp_path, made) as hub, running_gateway(tmp_path, made, hub) as gateway:
        for headers in ({}, {"Authorization": "jupyterhub wrong"}):
            refused = requests.get(f"{gateway}/api/v1/clusters/", headers=headers, timeout=PATIENCE)
            # A token that the hub does not know is a fault of the gateway's own, to it: 500.
            assert refused.status_code in (401, 500)
