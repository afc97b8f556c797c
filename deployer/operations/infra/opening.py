"""Opening a root module: a directory of its own, credentials, and a Terraform that is ready to work."""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from deployer import clouds
from deployer.operations.infra import workspace
from deployer.progress import step
from deployer.tools import terraform as tools
from deployer.tools.private_directory import private_directory
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Aws, Azure, Cluster, Gcp
    from deployer.operations.infra.workspace import Workspace
    from deployer.session import Session
    from deployer.tools.terraform import Terraform


@contextmanager
def opened(
    session: Session,
    root: Path,
    cluster: Cluster,
    name: str,
    source: Path,
    variables: Mapping[str, Any],
    kept: Mapping[str, Any],
) -> Iterator[tuple[Workspace, Terraform]]:
    """Open a module in a directory of its own, with the credentials of a cluster. `kept` is the backend."""
    # Linux asks once for each of our threads that dies, and a Terraform that is asked twice ends at once,
    # without its state. So one that is not started by the main thread goes on alone when we are killed.
    run = replace(programs(session), bound=threading.current_thread() is threading.main_thread())
    with (
        private_directory() as private,
        workspace.workspace(workspace.directory(session, root, name), source, variables, kept) as place,
    ):
        # tfvars has made sure that it is one of these.
        builder = clouds.builder(cast("Aws | Azure | Gcp", cluster.provider))
        env = {**builder.credentials(session, cluster, private, run), **_settings(session)}
        yield place, tools.find(run, place.path, env)


def get_ready(
    session: Session, cluster: Cluster, place: Workspace, terraform: Terraform, *options: str
) -> None:
    """Run `init` when program, module, lock or backend are others than at the last time."""
    program = f"{terraform.name} {terraform.version}"
    if not place.is_ready(program):
        with (
            step(session.progress, cluster.name, f"{terraform.name} init"),
            _one_at_a_time(terraform.env.get("TF_PLUGIN_CACHE_DIR")),
        ):
            terraform.init(*(options or ("-reconfigure",)))
        place.is_ready_now(program)


@contextmanager
def _one_at_a_time(cache: str | None) -> Iterator[None]:
    """Let no two runs fill a cache of providers at once, which Terraform does not look after."""
    if cache is None or not Path(cache).is_dir():
        yield
        return
    handle = os.open(cache, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _settings(session: Session) -> dict[str, str]:
    """Return what the operator has set for Terraform itself: where providers come from, and nothing else."""
    given = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")
    return {name: session.environ[name] for name in given if name in session.environ}
