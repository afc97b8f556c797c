"""What Terraform often fails for, in our words: another account, a stale plan, a lock, no place for it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.operations.infra.locks import lock_in
from deployer.tools.process import ProgramFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.model import Cluster

_NO_PLACE = tuple(
    map(
        re.compile,
        (
            "NoSuchBucket",  # S3
            "S3 bucket .{0,80}does not exist",
            "storage: bucket doesn't exist",  # Google Cloud Storage
            "ContainerNotFound",  # Azure: each of the things that the container is in
            "ResourceNotFound",
            "ResourceGroupNotFound",
            r"lookup \w+\.blob\.core\.\S+: no such host|lookup \w+\.blob\.core\.\S+ on \S+: no such host",
        ),
    )
)
"""What the backends of OpenTofu and Terraform pass on of what each cloud says; whole lines may be broken."""
_STALE = re.compile("Saved plan is stale|Saved plan does not match the given state")
_OTHER_ACCOUNT = re.compile(r"AWS account ID not allowed: (\d+)")


@contextmanager
def failures_told(cluster: Cluster) -> Iterator[None]:
    """Say in our words what Terraform often fails for: another account, a stale plan, a lock."""
    try:
        yield
    except ProgramFailed as error:
        other = _OTHER_ACCOUNT.search(error.result.stderr)
        if other:
            raise DeployerError(
                f"{cluster.name}: wrong account: the credentials are of {other[1]}",
                hint="nothing was done; log in to the account that cluster.yaml names, or mend `aws.account`",
            ) from error
        if _STALE.search(error.result.stderr):
            raise DeployerError(
                f"{cluster.name}: somebody else changed the state since this plan was made",
                hint=f"nothing of it was done; look at it again: `deployer infra plan {cluster.name}`",
            ) from error
        lock = lock_in(error.result.stderr)
        if lock is None:
            raise
        raise DeployerError(
            f"the state of {cluster.name} is locked: {lock}",
            hint="wait for that run; if it is dead: "
            f"`deployer infra unlock {cluster.name} {lock.id} --owner {lock.owner}`",
        ) from error


def has_no_place(error: ProgramFailed) -> bool:
    """Say whether it failed since the place for the state is not there yet."""
    said = " ".join(error.result.stderr.replace("│", " ").split())
    return any(pattern.search(said) for pattern in _NO_PLACE)


def how_to_make(cluster: Cluster) -> str:
    """Return how the place for the state is made, as a hint."""
    return f"`deployer infra bootstrap {cluster.name}` makes it"
