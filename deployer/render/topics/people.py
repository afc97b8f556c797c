"""What people and services may do on a hub, and who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Aws, Azure, Gcp
from deployer.render.paths import look_up
from deployer.render.topics import binder, dask, site

if TYPE_CHECKING:
    from deployer.render.subject import Subject

EXPORTER = "jupyterhub-groups-exporter"
_OF_AZURE = "azure.workload.identity/client-id"


def services_of_users(subject: Subject) -> dict[str, Any]:
    """Let users, and their servers where it is their servers that ask, use the services of the hub.

    A hub that says what these roles may do says all of it.
    """
    used = [module.SERVICE for module in (dask, binder) if module.is_used(subject)]
    shown = site.service(subject)
    if shown is not None and not subject.own_value(site.CHART, "groups"):
        used.append(shown)
    used += subject.look_up("custom", "deployer", "open_services") or {}
    if not used:
        return {}
    access = {name: f"access:services!service={name}" for name in used}
    roles = {"user": {"scopes": ["self", *access.values()]}}
    if dask.SERVICE in access:
        # What JupyterHub grants a server, and the gateway.
        own = ["users:activity!user", "access:servers!server"]
        roles["server"] = {"scopes": [*own, access[dask.SERVICE]]}
    return {"jupyterhub": {"hub": {"loadRoles": roles}}}


def groups_exporter(subject: Subject) -> dict[str, Any]:
    """Run the exporter of groups where a hub says anything of it, as a service that may read who they are."""
    said = look_up(subject.said, (EXPORTER,))
    wanted = isinstance(said, dict) and said.get("enabled", True) is True
    if not wanted:
        return {}
    scopes = ["list:users", "read:users", "list:groups", "read:groups"]
    role = {"services": [EXPORTER], "scopes": scopes}
    return {
        EXPORTER: {"enabled": True},
        "jupyterhub": {"hub": {"services": {EXPORTER: {}}, "loadRoles": {EXPORTER: role}}},
    }


def user_service_account(subject: Subject) -> dict[str, Any]:
    """Run servers under the hub's service account, with the identity in the cloud that is called as the hub.

    Where there is no such identity, what asks for it is refused. Azure's have no names that could be known
    before they are there, and are given to pods that ask for them only.
    """
    if subject.own_value("userServiceAccount", "enabled") is not True:
        return {}
    server: dict[str, Any] = {"serviceAccountName": "user-sa"}
    annotations = _identity(subject)
    if _OF_AZURE in annotations:
        server["extraLabels"] = {"azure.workload.identity/use": "true"}
    values = {"jupyterhub": {"singleuser": server}}
    return values | ({"userServiceAccount": {"annotations": annotations}} if annotations else {})


def github_teams(subject: Subject) -> dict[str, Any]:
    """Make the GitHub teams of users their groups, so that profiles can be offered by team.

    A log-in is not looked at again before it ends: GitHub being away for a minute would end every session.
    """
    if subject.look_up("hub", "config", "JupyterHub", "authenticator_class") != "github":
        return {}
    groups_of_its_own = subject.look_up("hub", "config", "JupyterHub", "load_groups")
    settings = {
        "auth_refresh_age": 0,
        "enable_auth_state": True,
        "populate_teams_in_auth_state": True,
        "scope": ["read:org"],
        # JupyterHub refuses groups that are told in two ways.
        **({} if groups_of_its_own else {"manage_groups": True}),
    }
    return {"jupyterhub": {"hub": {"config": {"GitHubOAuthenticator": settings}}}}


def staff(subject: Subject) -> dict[str, Any]:
    """Tell the hub which of the operator's staff are its admins, where it says that they are."""
    if subject.look_up("custom", "2i2c", "add_staff_user_ids_to_admin_users") is not True:
        return {}
    kind = subject.look_up("custom", "2i2c", "add_staff_user_ids_of_type")
    known = subject.cluster.organisation.staff.get(str(kind), ())
    also = subject.look_up("custom", "2i2c", f"staff_{kind}_ids")
    names = [*known, *(also if isinstance(also, list) else ())]
    return {"jupyterhub": {"custom": {"deployer": {"staff": list(dict.fromkeys(names))}}}} if names else {}


def _identity(subject: Subject) -> dict[str, str]:
    """Return the annotations that bind the service account to the hub's identity in the cloud."""
    name = f"{subject.cluster.name}-{subject.hub.name}"
    match subject.cluster.provider:
        case Aws(account=account):
            return {"eks.amazonaws.com/role-arn": f"arn:aws:iam::{account}:role/{name}"}
        case Gcp(project=project):
            return {"iam.gke.io/gcp-service-account": f"{name}@{project}.iam.gserviceaccount.com"}
        case Azure():
            client = subject.cluster.outputs.get("hub_identities", {}).get(subject.hub.name)
            return {_OF_AZURE: client} if client else {}
        case _:
            return {}
