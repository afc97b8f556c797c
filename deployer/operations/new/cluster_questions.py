"""What has to be known for a new cluster: where it is, and its first hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deployer.fleet.build import NEWEST_KUBERNETES
from deployer.operations.new import checks, kubeconfig, proposals
from deployer.operations.new.answers import NewCluster
from deployer.operations.new.hub_questions import first_hub
from deployer.operations.new.question import Question, one

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Fleet
    from deployer.operations.new.answers import NewHub
    from deployer.operations.new.question import Asking

PROVIDERS: Mapping[str, str] = {
    "gcp": "GKE, on Google Cloud",
    "aws": "EKS, on Amazon Web Services",
    "azure": "AKS, on Microsoft Azure",
    "kubeconfig": "any other cluster, by a kubeconfig file",
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "gcp": ("--project", "--location"),
    "aws": ("--account", "--region"),
    "azure": ("--resource-group",),
    "kubeconfig": ("--kubeconfig",),
}
_NAME_OF_CLUSTER = {"gcp": "cluster", "aws": "clusterName", "azure": "cluster"}


def new_cluster(fleet: Fleet, *, directory: Path) -> Asking[NewCluster]:
    """Ask for a cluster and its first hub; a kubeconfig file is looked for in `directory`."""
    name = yield from _name(fleet)
    provider = yield from one(
        Question(
            flag="--provider",
            text="Provider",
            explanation=checks.explained("provider"),
            example="gcp",
            choices=PROVIDERS,
            needs=_NEEDED,
        )
    )
    block, file = yield from _block(provider, name, directory)
    version = yield from _kubernetes_version(fleet)
    hub = yield from _first_hub(fleet, name)
    return NewCluster(
        name=name, provider=provider, block=block, kubernetes_version=version, kubeconfig=file, hub=hub
    )


def _name(fleet: Fleet) -> Asking[str]:
    taken = {cluster.name for cluster in fleet.clusters}

    def check(answer: str) -> str | None:
        if answer in taken:
            return "must be another name: there is a cluster of this name"
        return checks.of_cluster("name")(answer)

    return one(
        Question(
            flag="CLUSTER",
            text="Name of the cluster",
            explanation=checks.explained("name"),
            example="us-east",
            check=check,
        )
    )


def _block(provider: str, name: str, directory: Path) -> Asking[tuple[Mapping[str, str], Path | None]]:
    if provider == "kubeconfig":
        file = yield from _kubeconfig(name, directory)
        return {"file": kubeconfig.name_beside(file)}, file
    block: dict[str, str] = {}
    if provider == "gcp":
        block["project"] = yield from one(_text("gcp", "project", "--project", "Project", "my-project"))
    elif provider == "aws":
        block["account"] = yield from one(
            _text("aws", "account", "--account", "Account", "012345678901", checks.account)
        )
    else:
        block["resource_group"] = yield from one(
            _text("azure", "resource_group", "--resource-group", "Resource group", "hubs")
        )
    key = _NAME_OF_CLUSTER[provider]
    text = "Name of the cluster at the provider"
    block[key] = yield from one(_text(provider, key, "--cluster-name", text, name, default=(name,)))
    if provider == "gcp":
        place = yield from one(
            _text("gcp", "zone", "--location", "Zone or region", "us-central1-b", checks.location)
        )
        block[checks.location_key(place)] = place
    elif provider == "aws":
        block["region"] = yield from one(_text("aws", "region", "--region", "Region", "us-west-2"))
    return block, None


def _text(
    block: str,
    key: str,
    flag: str,
    text: str,
    example: str,
    check: checks.Check | None = None,
    default: tuple[str, ...] | None = None,
) -> Question:
    return Question(
        flag=flag,
        text=text,
        explanation=checks.explained(block, key),
        example=example,
        default=default,
        check=check or checks.of_cluster(block, key),
    )


def _kubeconfig(name: str, directory: Path) -> Asking[Path]:
    def check(answer: str) -> str | None:
        return kubeconfig.wrong(_path(directory, answer), name)

    answer = yield from one(
        Question(
            flag="--kubeconfig",
            text="Kubeconfig file, which is copied",
            explanation=f"{checks.explained('kubeconfig', 'file')} Name the file that is to be copied there.",
            example="enc-kubeconfig.secret.yaml",
            check=check,
        )
    )
    return _path(directory, answer)


def _path(directory: Path, answer: str) -> Path:
    return directory / Path(answer).expanduser()


def _kubernetes_version(fleet: Fleet) -> Asking[str | None]:
    """Ask only where config/org.yaml does not say it for all clusters."""
    if fleet.organisation.kubernetes_version:
        return None
    return (
        yield from one(
            Question(
                flag="--kubernetes-version",
                text="Version of Kubernetes",
                explanation=checks.explained("kubernetes_version"),
                example=NEWEST_KUBERNETES,
                default=(NEWEST_KUBERNETES,),
                check=checks.of_cluster("kubernetes_version"),
            )
        )
    )


def _first_hub(fleet: Fleet, cluster: str) -> Asking[NewHub | None]:
    name = yield from one(
        Question(
            flag="--hub",
            text=f"Name of a first hub, such as {proposals.STAGING}",
            explanation="A hub that changes reach before others is a good first one. "
            "Without one, `deployer new hub` makes the first hub.",
            example=proposals.STAGING,
            default=(),
            check=checks.new_hub(None),
        )
    )
    return (yield from first_hub(fleet, cluster, name)) if name else None
