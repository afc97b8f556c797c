"""Google Cloud: custom roles, and what the project says of permissions, services and quotas.

gcloud is given the token of the application default credentials, which are those that Terraform uses; the
operator's own `gcloud auth login` may be somebody else's. Never run against Google here: gcloud itself is,
with answers of the shapes that are documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from deployer.clouds.asking import Held, Policy, Service, Unanswered
from deployer.clouds.asking.gcp_leftovers import leftovers, where_to_look
from deployer.clouds.asking.gcp_quotas import quotas
from deployer.clouds.asking.gcp_token import token, with_token
from deployer.clouds.permissions import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from deployer.clouds.asking import Asker, Need
    from deployer.fleet.model import Cluster, Gcp

__all__ = ["held", "leftovers", "policy", "quotas", "services", "where_to_look"]

_ENDPOINT = "https://cloudresourcemanager.googleapis.com/"
_ENDPOINT_OVERRIDE = "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER"
"""gcloud's own variable for another address of that API."""
_AT_ONCE = 100
"""Permissions in one question, as the API takes them."""
_PATIENCE = 60
_BILLING = "billing."
"""Permissions on the billing account, which no role of a project can have."""


def policy(cluster: Cluster, variables: Mapping[str, Any], need: Need) -> Policy:
    """Return a custom role as `gcloud iam roles create` takes it. A role of a project names no things."""
    lines = [
        f"title: Build {cluster.name}",
        f"description: What Terraform needs for the cluster {cluster.name}, and no more",
        "stage: GA",
        "includedPermissions:",
        *(f"- {each}" for each in sorted(need.actions) if not each.startswith(_BILLING)),
    ]
    notices = []
    if any(each.startswith(_BILLING) for each in need.actions):
        notices.append(
            "the budget is of the billing account: somebody who administers it has to give "
            "`roles/billing.costsManager` on it, since a role of a project can't have that"
        )
    bucket = need.state.get("gcs", {}).get("bucket")
    if bucket:
        notices.append(f"the state is in gs://{bucket}: give `roles/storage.objectUser` on that bucket")
    notices.append(
        f"make it: `gcloud iam roles create {_role(cluster)} --project={variables['project']} --file=FILE`"
    )
    return Policy(text="\n".join(lines) + "\n", notices=tuple(notices))


def held(asker: Asker, need: Need) -> Held:
    """Ask the project which of the permissions the caller has."""
    project = cast("Gcp", asker.cluster.provider).project
    asked = sorted(each for each in need.actions if not each.startswith(_BILLING))
    secret = token(asker)
    has: set[str] = set()
    for start in range(0, len(asked), _AT_ONCE):
        has |= _test(asker, project, asked[start : start + _AT_ONCE], secret)
    actions: dict[str, bool | None] = {each: each in has for each in asked}
    actions |= dict.fromkeys(need.actions - set(asked))
    return Held(
        actions=actions,
        reason=f"as project {project} says; the billing account is not asked",
        grant=f"give the role of `deployer infra preflight {asker.cluster.name} --policy` in {project}",
    )


def services(asker: Asker, need: Need) -> Sequence[Service]:
    """Say which APIs are enabled in the project; the plan enables some itself."""
    asker = with_token(asker)
    project = cast("Gcp", asker.cluster.provider).project
    apis: Mapping[str, str] = table("gcp")["services"]
    wanted = {apis[each.partition(".")[0]] for each in need.actions} | need.enables
    argv = ["gcloud", "services", "list", "--enabled", f"--project={project}", "--format=json"]
    enabled = {each["config"]["name"] for each in asker.json(argv) or ()}
    return [
        Service(
            name=api,
            enabled=api in enabled or api in need.enables,
            enable=f"gcloud services enable {api} --project={project}",
            note="" if api in enabled else "the plan enables it" if api in need.enables else "",
        )
        for api in sorted(wanted)
    ]


def _role(cluster: Cluster) -> str:
    # Letters, digits, `_` and `.` only.
    return f"build_{cluster.name}".replace("-", "_")


def _test(asker: Asker, project: str, permissions: Iterable[str], secret: str) -> set[str]:
    """Return which of the permissions the caller has: no command of gcloud asks that."""
    import requests

    endpoint = asker.env.get(_ENDPOINT_OVERRIDE, _ENDPOINT).rstrip("/")
    try:
        answer = requests.post(
            f"{endpoint}/v1/projects/{project}:testIamPermissions",
            json={"permissions": list(permissions)},
            headers={"Authorization": f"Bearer {secret}"},
            timeout=_PATIENCE,
        )
        said = answer.json()
    except requests.RequestException as error:
        raise Unanswered(f"{endpoint} can't be reached: {type(error).__name__}") from error
    if not answer.ok:
        raise Unanswered(f"{endpoint}: {said.get('error', {}).get('message', answer.reason)}")
    return set(said.get("permissions", ()))
