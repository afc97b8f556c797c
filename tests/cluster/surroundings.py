"""What stands around hubs, on the local cluster: images without a registry, and the values that name them.

Charts are the stand-ins of tests/charts/support, unless `DEPLOYER_SUPPORT_MIRROR` names a mirror of the real.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from deployer.tools.kubernetes import NotFound
from deployer.tools.node.images import write_archive
from tests.cluster.conftest import TOOLS, load
from tests.support.test_rules import FILES

if TYPE_CHECKING:
    from deployer.operations.local.images import BuiltImage
    from deployer.tools.kubernetes import Api

STANDINS = Path(__file__).parents[1] / "charts"
OFF = {"enabled": False}
CLUSTER_WIDE = (
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
)


def traefik() -> Path | None:
    """Return the program that `DEPLOYER_TRAEFIK` names; none is built by itself, it takes too long."""
    found = os.environ.get("DEPLOYER_TRAEFIK")
    return Path(found) if found else None


def program_image(name: str, directory: Path, program: Path | None = None) -> dict[str, str]:
    """Have the cluster know an image of a program, a pinned one if no other; return how values name it."""
    program = program or TOOLS / name
    if not program.exists():
        pytest.skip(f"not built: {name} (run `tools/setup all`)")
    tag = hashlib.sha256(program.read_bytes()).hexdigest()[:12]
    archive = directory / f"{name}.tar"
    write_archive(program, archive, image=f"localhost/{name}:{tag}")
    load(archive)
    archive.unlink()
    return {"registry": "localhost", "repository": name, "tag": tag, "pullPolicy": "Never"}


def mirror(directory: Path) -> Path:
    """Return a chart mirror with all that `support` needs, and the stand-in for z2jh."""
    upstream = os.environ.get("DEPLOYER_SUPPORT_MIRROR")
    if not upstream:
        return STANDINS / "support"
    found = yaml.safe_load((Path(upstream) / "mirror.yaml").read_text())
    for entry in found.values():
        entry["path"] = str(Path(upstream).absolute() / entry["path"])
        entry["charts"] = [str(Path(upstream).absolute() / each) for each in entry.get("charts", [])]
    directory.mkdir()
    (directory / "mirror.yaml").write_text(yaml.safe_dump(found))
    jupyterhub = {"path": str(STANDINS / "jupyterhub"), "reason": "stand-in"}
    (directory / "substitutes.yaml").write_text(yaml.safe_dump({"jupyterhub": jupyterhub}))
    return directory


def monitoring(
    prometheus: dict[str, str], metrics: dict[str, str], alertmanager: BuiltImage, webhook: str
) -> dict[str, Any]:
    """Return values that turn measurements and alarms on, and have them hurry.

    Only times differ from what is computed, else a test takes as long as an operator waits.
    """
    debian = {"repository": alertmanager.name, "tag": alertmanager.tag, "pullPolicy": "Never"}
    # This chart has no key for the registry.
    own = {key: value for key, value in prometheus.items() if key != "registry"}
    own["repository"] = f"{prometheus['registry']}/{prometheus['repository']}"
    return {
        "alarm": {"critical": {"webhook_configs": [{"url": webhook}]}},
        "prometheus": {
            "enabled": True,
            "configmapReload": {"prometheus": OFF},
            "server": {
                "image": own,
                "global": {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "2s"},
                "readinessProbeInitialDelay": 1,
            },
            "serverFiles": {"alerting_rules.yml": {"groups": _at_once()}},
            "alertmanager": {
                "image": debian,
                "configmapReload": OFF,
                "config": {"route": {"group_wait": "1s", "group_interval": "2s"}},
            },
            "kube-state-metrics": {"image": metrics},
            "prometheus-node-exporter": OFF,
        },
    }


def _at_once() -> list[dict[str, Any]]:
    """Return the rules of production, each without the time that it waits before it tells."""
    groups = [group for file in FILES for group in yaml.safe_load(file.read_text())["groups"]]
    for rule in (rule for group in groups for rule in group["rules"]):
        rule.pop("for", None)
    return groups


def way_in(traefik: dict[str, str]) -> dict[str, Any]:
    """Return values that turn the way in on."""
    # The real chart wants to know the version, which the tag of an image that is made here does not tell.
    chart = yaml.safe_load((STANDINS / "support" / "traefik" / "Chart.yaml").read_text())
    values = {"enabled": True, "image": traefik, "versionOverride": chart["appVersion"]}
    return {"entrypoint": {"enabled": True}, "traefik": values}


def ingress(host: str) -> dict[str, Any]:
    """Return what is computed for a hub of any cloud."""
    return {"enabled": True, "hosts": [host], "tls": [{"hosts": [host], "secretName": "https-auto-tls"}]}


def remove(api: Api, *hubs: str) -> None:
    """Delete all that was deployed, but definitions of resources."""
    paths = [f"/api/v1/namespaces/{name}" for name in (*hubs, "support")]
    for below in CLUSTER_WIDE:
        names = [each["metadata"]["name"] for each in api.metadata(below)]
        paths += [f"{below}/{name}" for name in names if name.startswith("support-")]
    for path in (*paths, "/apis/networking.k8s.io/v1/ingressclasses/nginx"):
        with suppress(NotFound):
            api.delete(path)
