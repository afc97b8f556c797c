"""Buckets for data that is too large for homes, in the environment of servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Azure, Gcp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

# PANGEO_SCRATCH is what notebooks of that community look for.
_VARIABLES = {"scratch": ("SCRATCH_BUCKET", "PANGEO_SCRATCH"), "persistent": ("PERSISTENT_BUCKET",)}


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the addresses of everybody's own part of each bucket; Dask workers get them from servers."""
    environment = {
        variable: _address(subject, settings[kind])
        for kind, variables in _VARIABLES.items()
        if kind in settings
        for variable in variables
    }
    if settings["requester_pays"]:
        environment |= _paying(subject)
    return {"jupyterhub": {"singleuser": {"extraEnv": environment}}} if environment else {}


def _address(subject: Subject, bucket: str) -> str:
    # Kubernetes fills in the name, so that it is the one that JupyterHub gave the server.
    path = f"{bucket}/$(JUPYTERHUB_USER)"
    match subject.cluster.provider:
        case Gcp():
            return f"gs://{path}"
        case Azure():
            account, _, container = path.partition("/")
            return f"abfs://{container.replace('/', f'@{account}.dfs.core.windows.net/', 1)}"
        case _:
            return f"s3://{path}"


def _paying(subject: Subject) -> dict[str, str]:
    """Return what GDAL and the clouds' own tools look for."""
    if isinstance(subject.cluster.provider, Gcp):
        return {"GS_USER_PROJECT": subject.cluster.provider.project}
    return {"AWS_REQUEST_PAYER": "requester"}
