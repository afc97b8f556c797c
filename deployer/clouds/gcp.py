"""GKE: a kubeconfig made by gcloud, in a configuration directory of its own.

The credential plugin of the kubeconfig runs inside whatever reads it, so the private settings are written
into the kubeconfig itself. Not run against Google here: argument lists and files are tested, and said so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from deployer.clouds import Access, Given, Homes
from deployer.clouds.credentials import decrypted, give_environment, write_private

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster, Gcp
    from deployer.session import Session
    from deployer.tools.process import Programs

HOMES = Homes(
    disk="gke",
    mount_options=("soft", "noatime"),
    by_name=True,
    provisioner="pd.csi.storage.gke.io",
    parameters={"type": "pd-balanced"},
)
GIVEN = Given()


def activate_argv(key: Path) -> list[str]:
    """Return how gcloud is told to be the service account of a key file."""
    return ["gcloud", "auth", "activate-service-account", f"--key-file={key}", "--quiet"]


def credentials_argv(gcp: Gcp) -> list[str]:
    """Return how gcloud writes a cluster's credentials into the file that KUBECONFIG names."""
    return [
        "gcloud",
        "container",
        "clusters",
        "get-credentials",
        gcp.cluster,
        f"--location={gcp.location}",
        f"--project={gcp.project}",
        "--quiet",
    ]


def access(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> Access:
    """Log in with the cluster's key, or use the operator's own login when it has none."""
    gcp = cast("Gcp", cluster.provider)
    kubeconfig = directory / "kubeconfig"
    env: dict[str, str] = {"CLOUDSDK_CORE_DISABLE_PROMPTS": "1"}
    if gcp.key:
        env["CLOUDSDK_CONFIG"] = str(directory / "gcloud")
        key = _key(session, cluster, directory, programs, gcp.key)
        programs.run(activate_argv(key), env=env)
    elif "CLOUDSDK_CONFIG" in session.environ:
        env["CLOUDSDK_CONFIG"] = session.environ["CLOUDSDK_CONFIG"]
    programs.run(credentials_argv(gcp), env={**env, "KUBECONFIG": str(kubeconfig)})
    give_environment(kubeconfig, env)
    return Access(kubeconfig=kubeconfig, env=env)


def credentials(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> dict[str, str]:
    """Return the environment of programs that talk to Google: the cluster's key, or the operator's own login.

    The key is a private file; what the operator has set for Google does not mix with it.
    """
    gcp = cast("Gcp", cluster.provider)
    if not gcp.key:
        own = ("CLOUDSDK_", "GOOGLE_")
        return {name: value for name, value in session.environ.items() if name.startswith(own)}
    key = _key(session, cluster, directory, programs, gcp.key)
    return {"CLOUDSDK_CONFIG": str(directory / "gcloud"), "GOOGLE_APPLICATION_CREDENTIALS": str(key)}


def _key(session: Session, cluster: Cluster, directory: Path, programs: Programs, file: str) -> Path:
    key = directory / "key.json"
    write_private(key, json.dumps(decrypted(session, cluster, programs, file)))
    return key
