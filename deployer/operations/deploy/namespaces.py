"""The labels of ours on the namespace of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.deploy import releases
from deployer.render.pod_security import labels
from deployer.tools.kubernetes import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.operations.deploy.upgrade import Upgrade

_MANAGER = "deployer-pod-security"


def label(work: Upgrade, values: Mapping[str, Any]) -> None:
    """Have the namespace say the levels of pod security that a release's values want.

    Labels of others stay. Where none are wanted and none were, nothing is asked of the cluster but to look.

    Raises:
        DeployerError: somebody else has set one of them to something else.
    """
    api, name = work.connection.api, work.owner.namespace
    path, wanted = f"/api/v1/namespaces/{name}", labels(values)
    there = api.get(path)["metadata"]
    ours = any(each.get("manager") == _MANAGER for each in there.get("managedFields", ()))
    if not wanted and not ours:
        return
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": wanted}}
    try:
        api.apply(path, body, manager=_MANAGER, force=False)
    except Conflict as error:
        raise DeployerError(
            f"somebody else has labelled the namespace `{name}`: {error.message}",
            hint="take `podSecurity` out of the values, or the other's label away",
        ) from error


def label_as_in(work: Upgrade, number: int) -> None:
    """Have the namespace say what an earlier revision wants, whose pods the later one's could refuse."""
    api, namespace = work.connection.api, work.owner.namespace
    for revision in releases.revisions(api, namespace, work.owner.name):
        if revision.number == number:
            label(work, releases.read(api, namespace, revision).get("config") or {})
