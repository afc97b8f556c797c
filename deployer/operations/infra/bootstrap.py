"""The place for the state, before there is any: a bucket that is versioned, private and encrypted."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.model import Aws
from deployer.operations.infra import workspace
from deployer.operations.infra.changes import changes
from deployer.operations.infra.run import failures_told, get_ready, opened
from deployer.progress import step
from deployer.render.state import LOCAL, backend, state_bucket
from deployer.render.tfvars import tfvars
from deployer.tools.process import ProgramFailed

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.session import Session

_BUCKET = "aws_s3_bucket.state"


def bootstrap(session: Session, root: Path, cluster: Cluster) -> str:
    """Make the bucket, or see to it that it is as it should be; move a state there that is on this machine.

    Return the bucket's name.

    Raises:
        DeployerError: the fleet keeps its state somewhere else, or the bucket is somebody else's.
    """
    provider = cluster.provider
    if "s3" not in backend(cluster) or not isinstance(provider, Aws):
        raise DeployerError(
            "only a bucket of S3 can be made so far, for a cluster on AWS",
            hint="say `state: {s3: {}}` in config/org.yaml, or make the place that it names with other means",
        )
    bucket, region = state_bucket(cluster)
    variables = {"account": provider.account, "bucket": bucket, "region": region}
    source = workspace.module(root, "bootstrap-aws")
    with (
        opened(session, root, cluster, f"{cluster.name}.bootstrap", source, variables, LOCAL) as (
            place,
            terraform,
        ),
        failures_told(cluster),
    ):
        get_ready(session, cluster, place, terraform)
        if not place.keeps_state_here:
            with suppress(ProgramFailed):  # there is none yet
                terraform.import_(_BUCKET, bucket)
        with step(session.progress, cluster.name, f"make {bucket}"):
            terraform.plan()
            if any(each.kind in ("destroy", "replace") for each in changes(terraform.show())):
                raise DeployerError(f"{bucket} would have to be another one", hint="nothing was done")
            terraform.apply(lambda what, address: session.progress.noted(cluster.name, f"{address}: {what}"))
    _move(session, root, cluster)
    return bucket


def _move(session: Session, root: Path, cluster: Cluster) -> None:
    """Move the state of a cluster into the bucket when it was kept on this machine so far."""
    source = workspace.module(root, workspace.module_name(cluster))
    with opened(session, root, cluster, cluster.name, source, tfvars(cluster), backend(cluster)) as (
        place,
        terraform,
    ):
        if place.keeps_state_here:
            # Pushed, not copied with `init -force-copy`, which would replace a state that is there already.
            with place.set_aside() as state:
                get_ready(session, cluster, place, terraform)
                try:
                    terraform.push(state)
                except ProgramFailed as error:
                    error.hint = (
                        f"the bucket may hold another state of {cluster.name}; both are as they were: "
                        f"{place.path}"
                    )
                    raise
