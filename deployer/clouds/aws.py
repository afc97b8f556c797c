"""EKS: a kubeconfig made by the AWS command line, after proof that the credentials are of the right account.

Not run against AWS here: argument lists and files are tested, and said so.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from deployer.clouds import Access, Given, Homes
from deployer.clouds.credentials import decrypted, give_environment
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.fleet.model import Aws, Cluster
    from deployer.session import Session
    from deployer.tools.process import Programs

IDENTITY_ARGV = ["aws", "sts", "get-caller-identity", "--output=json"]
# As AWS recommends; `noresvport` lets a connection come back after the server moved.
_MOUNT_OPTIONS = ("rsize=1048576", "wsize=1048576", "timeo=600", "soft", "retrans=2", "noresvport")
HOMES = Homes(
    disk="eks",
    mount_options=_MOUNT_OPTIONS,
    provisioner="ebs.csi.aws.com",
    parameters={"type": "gp3", "encrypted": "true"},
)
GIVEN = Given(
    # A network load balancer: the classic one would hide who calls. Without the second, the controller's pods
    # would be reached from their own zones only.
    load_balancer={
        "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
        "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled": "true",
    },
    default_disk=False,
    autoscaler=False,
    metrics=False,
)


def credentials_argv(aws: Aws, kubeconfig: Path) -> list[str]:
    """Return how the AWS command line writes a cluster's credentials into a file."""
    return [
        "aws",
        "eks",
        "update-kubeconfig",
        f"--name={aws.cluster}",
        f"--region={aws.region}",
        f"--kubeconfig={kubeconfig}",
    ]


def access(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> Access:
    """Use the cluster's access key, or the operator's own AWS login when it has none.

    Raises:
        DeployerError: the credentials are of another account than cluster.yaml says.
    """
    aws = cast("Aws", cluster.provider)
    env = credentials(session, cluster, directory, programs)
    account = json.loads(programs.run(IDENTITY_ARGV, env=env).stdout)["Account"]
    if account != aws.account:
        raise DeployerError(
            f"{cluster.name}: wrong account: the credentials are of {account}, expected {aws.account}",
            hint="nothing was written; check `aws.key`, or log in to the other account",
        )
    kubeconfig = directory / "kubeconfig"
    programs.run(credentials_argv(aws, kubeconfig), env=env)
    give_environment(kubeconfig, env)
    return Access(kubeconfig=kubeconfig, env=env)


def credentials(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> dict[str, str]:
    """Return the environment of programs that talk to AWS: the cluster's key, or the operator's own login."""
    aws = cast("Aws", cluster.provider)
    if aws.key:
        env = _key_environment(decrypted(session, cluster, programs, aws.key))
        # Files that do not exist: the operator's own profiles must not mix with the cluster's key.
        env["AWS_CONFIG_FILE"] = str(directory / "aws-config")
        env["AWS_SHARED_CREDENTIALS_FILE"] = str(directory / "aws-credentials")
    else:
        env = {name: value for name, value in session.environ.items() if name.startswith("AWS_")}
    # Programs that are told no region ask somewhere else, or nowhere. Not all know both names.
    return env | {"AWS_DEFAULT_REGION": aws.region, "AWS_PAGER": "", "AWS_REGION": aws.region}


def _key_environment(document: Mapping[str, Any]) -> dict[str, str]:
    # What `aws iam create-access-key` prints is kept as it is: {"AccessKey": {...}}.
    key = document.get("AccessKey", document)
    try:
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
    except KeyError as error:
        raise DeployerError(
            f"the file of `aws.key` lacks {error}",
            hint="it should hold what `aws iam create-access-key` prints, encrypted with sops",
        ) from None
