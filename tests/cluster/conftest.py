"""Real deploys: the `deployer` command on fleets made here, on the local cluster that is up.

Every hub gets a namespace with a name of its own, deleted afterwards. The jupyterhub chart is the stand-in
of tests/charts unless DEPLOYER_Z2JH names a mirror of the upstream chart.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.operations.deploy import releases
from deployer.operations.local import images
from deployer.session import Session, directories
from deployer.tools.kubernetes import Api, NotFound, connect
from tests.tools.age_key import age_key

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOYER = Path(sys.executable).with_name("deployer")
TOOLS = Path(sys.prefix).parent / ".tools" / "bin"
PATIENCE = 240.0

SMALL = {
    "jupyterhub": {
        "hub": {
            "config": {
                "JupyterHub": {"authenticator_class": "dummy"},
                "DummyAuthenticator": {"password": "test"},
                "Authenticator": {"allow_all": True},
            },
            "db": {"type": "sqlite-memory"},
            "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}},
        },
        "proxy": {"chp": {"resources": {"requests": {"cpu": "10m", "memory": "32Mi"}}}},
        "singleuser": {
            "storage": {"type": "none"},
            "memory": {"guarantee": "64M"},
            "cpu": {"guarantee": 0.01},
        },
        "cull": {"enabled": False},
    }
}


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Merge two trees of maps."""
    result = dict(below)
    for key, value in above.items():
        lower = result.get(key)
        result[key] = merged(lower, value) if isinstance(lower, dict) and isinstance(value, dict) else value
    return result


@dataclass
class TestFleet:
    """A fleet in a directory of its own, and the command that deploys it."""

    __test__ = False

    root: Path
    environ: dict[str, str]
    api: Api
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    support: dict[str, Any] | None = None

    def add_hub(self, name: str = "hub", values: dict[str, Any] | None = None, **entry: Any) -> str:
        """Add a hub, whose name gets an ending of its own, and return the name.

        What is in `entry` comes into its entry in cluster.yaml.
        """
        full = f"{name}-{secrets.token_hex(3)}"
        self.values[full] = {}
        self.entries[full] = entry
        self.set_values(full, values or {})
        return full

    def set_values(self, hub: str, values: dict[str, Any]) -> None:
        """Give a hub values on top of the small ones."""
        self.values[hub] = merged(SMALL, values)
        self._write()

    def set_support(self, values: dict[str, Any]) -> None:
        """Say what the cluster runs around its hubs."""
        self.support = values
        self._write()

    def add_secret(self, hub: str, values: dict[str, Any]) -> None:
        """Give a hub an encrypted file, last of its files, and the environment the key for it."""
        identity, recipient = age_key()
        self.environ["SOPS_AGE_KEY"] = identity
        path = self.directory / f"enc-{hub}.secret.values.yaml"
        path.write_text(yaml.safe_dump(values))
        programs = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"
        sops = ["sops", "--encrypt", "--age", recipient, "--in-place", str(path)]
        subprocess.run(sops, env={**os.environ, "PATH": programs}, check=True)
        self._write()

    @property
    def directory(self) -> Path:
        """Where cluster.yaml is."""
        return self.root / "config" / "clusters" / "test"

    def _files(self, hub: str) -> list[str]:
        secret = f"enc-{hub}.secret.values.yaml"
        return [f"{hub}.values.yaml", *([secret] if (self.directory / secret).exists() else [])]

    def _write(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        hubs = [
            {
                "name": name,
                "display_name": name,
                "domain": f"{name}.localhost",
                "helm_chart": "basehub",
                "helm_chart_values_files": self._files(name),
                **self.entries.get(name, {}),
            }
            for name in self.values
        ]
        cluster: dict[str, Any] = {"name": "test", "provider": "local", "hubs": hubs}
        if self.support is not None:
            cluster["support"] = {"helm_chart_values_files": ["support.values.yaml"]}
            (self.directory / "support.values.yaml").write_text(yaml.safe_dump(self.support))
        (self.directory / "cluster.yaml").write_text(yaml.safe_dump(cluster, sort_keys=False))
        for name, values in self.values.items():
            (self.directory / f"{name}.values.yaml").write_text(yaml.safe_dump(values))

    def start(self, *argv: str, **environ: str) -> subprocess.Popen[str]:
        """Start `deployer` in a process group of its own, as a shell would."""
        return subprocess.Popen(
            [DEPLOYER, "--root", self.root, *argv],
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def without(self, hub: str, *at: str) -> None:
        """Take a value out of those that a hub has in its file, so that weaker layers count."""
        values = self.values[hub] = deepcopy(self.values[hub])
        for key in at[:-1]:
            values = values[key]
        del values[at[-1]]
        self._write()

    def run(self, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run `deployer` to its end."""
        with self.start(*argv, **environ) as process:
            try:
                out, err = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                out, err = process.communicate()
                pytest.fail(f"deployer did not end in {PATIENCE:g} s\n{out}\n{err}")
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def deploy(self, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run `deployer deploy test ...`."""
        return self.run("deploy", "test", *argv, **environ)

    def deployed(self, *argv: str) -> dict[str, Any]:
        """Deploy, and return the one hub's part of the JSON report; the deploy must succeed."""
        done = self.deploy("--output", "json", *argv)
        assert done.returncode == 0, done.stderr
        (hub,) = json.loads(done.stdout)["hubs"]
        return dict(hub)

    def statuses(self, hub: str) -> list[str]:
        """Return the status of each revision of a hub's release, oldest first."""
        return [revision.status for revision in releases.revisions(self.api, hub, hub)]

    def lease(self, hub: str) -> dict[str, Any]:
        """Return a hub's Lease."""
        return self.api.get(f"/apis/coordination.k8s.io/v1/namespaces/{hub}/leases/deployer")


def load(*archives: Path) -> None:
    """Have the cluster know the images of archives."""
    done = subprocess.run(
        [DEPLOYER, "local", "load-image", *archives], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def loaded(built: images.BuiltImage) -> str:
    """Have the cluster know an image that was built here; return its reference."""
    load(built.archive)
    return built.reference


@pytest.fixture(scope="session")
def state() -> Path:
    """The state directory of the local cluster that is up."""
    _cache, state = directories(os.environ)
    if not (state / "local" / "kubeconfig").exists():
        pytest.skip("no local cluster: run `deployer local up`")
    return state


@pytest.fixture(scope="session")
def api(state: Path) -> Api:
    """The local cluster's API."""
    return connect(state / "local" / "kubeconfig")


@pytest.fixture(scope="session")
def built(state: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, images.BuiltImage]:
    """The images beside this file, built, by the names of their directories."""
    cache, _ = directories(os.environ)
    root = tmp_path_factory.mktemp("images")
    shutil.copytree(Path(__file__).parent / "images", root / "images")
    return images.build(Session(environ=os.environ, cache=cache, state=state), root)


@pytest.fixture
def fleet(tmp_path: Path, repository: Path, api: Api) -> Iterator[TestFleet]:
    """An empty fleet whose hubs' namespaces are deleted afterwards."""
    mirror = os.environ.get("DEPLOYER_Z2JH") or str(repository / "tests" / "charts")
    environ = {**os.environ, "DEPLOYER_CHART_MIRROR": mirror, "CI": "true"}
    made = TestFleet(root=tmp_path / "fleet", environ=environ, api=api)
    yield made
    for hub in made.values:
        with suppress(NotFound):
            api.delete(f"/api/v1/namespaces/{hub}")
