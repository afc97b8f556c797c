"""Services of Google that have manners of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.infra.gcp.local.kept import NUMBER, Call, Kept, NotThere, plain

if TYPE_CHECKING:
    from collections.abc import Callable

_VERSION = "1.33.5-gke.100"
_LINK = "https://www.googleapis.com/compute/v1"
_APIS = (
    "artifactregistry",
    "backupdr",
    "bigquery",
    "billingbudgets",
    "cloudbilling",
    "cloudkms",
    "cloudresourcemanager",
    "compute",
    "container",
    "dns",
    "file",
    "iam",
    "iamcredentials",
    "logging",
    "monitoring",
    "sqladmin",
    "storage",
    "sts",
)


def services(_kept: Kept, call: Call) -> dict[str, Any]:
    """All APIs are on."""
    if call.last == "services":
        names = [f"projects/{NUMBER}/services/{api}.googleapis.com" for api in _APIS]
        return {"services": [{"name": name, "state": "ENABLED"} for name in names]}
    return {"name": call.path, "state": "ENABLED", "done": True, "config": {"name": call.last}}


def projects(_kept: Kept, call: Call) -> dict[str, Any]:
    """Each project is there."""
    return {"projectId": call.last, "projectNumber": NUMBER, "name": call.last, "lifecycleState": "ACTIVE"}


def billing(_kept: Kept, _call: Call) -> dict[str, Any]:
    """One account pays for all."""
    return {"billingAccountName": "billingAccounts/000000-000000-000000", "billingEnabled": True}


def bigquery(kept: Kept, call: Call) -> dict[str, Any]:
    """Datasets."""
    if call.method != "POST":
        return kept.changed(call)
    key = f"{call.key}/{call.body['datasetReference']['datasetId']}"
    kept.things[key] = {**call.body, "creationTime": "1", "maxTimeTravelHours": "168"}
    return kept.things[key]


def compute(kept: Kept, call: Call) -> dict[str, Any]:
    """Networks, disks, addresses and the like."""
    if call.path.count("/") == 1:
        return {"name": "rich-hubs", "id": NUMBER}
    if "/operations/" in call.path:
        return _operation(call, call.last)
    if call.method == "GET":
        return kept.get(call.key)
    owner = kept.things.get(call.key.rpartition("/")[0])
    if call.method != "POST":
        kept.changed(call)
    elif owner is not None:
        owner.update(call.body)
        owner["labelFingerprint"] = kept.number()
    else:
        place, name = "/".join(call.path.split("/")[:4]), call.body["name"]
        kept.things[f"{call.key}/{name}"] = {
            "address": "10.128.0.9",
            **call.body,
            "fingerprint": "f",
            "id": kept.number(),
            "labelFingerprint": "f",
            "pscConnectionStatus": "ACCEPTED",
            "region": f"{_LINK}/{place}",
            "selfLink": f"{_LINK}/{call.path}/{name}",
            "status": "READY",
            "zone": f"{_LINK}/{place}",
        }
    return _operation(call, f"op{kept.number()}")


def _operation(call: Call, name: str) -> dict[str, Any]:
    return {"name": name, "status": "DONE", "progress": 100, "targetLink": f"{_LINK}/{call.path}"}


def container(kept: Kept, call: Call) -> dict[str, Any]:
    """Clusters, and their pools of nodes."""
    done = {"name": f"op{kept.number()}", "status": "DONE"}
    if "/operations" in call.path:
        return done
    match call.method, call.last:
        case "GET", "nodePools":
            return {"nodePools": kept.inside(call.key)}
        case "GET", _:
            return {**kept.get(call.key), "nodePools": kept.inside(f"{call.key}/nodePools")}
        case "POST", "clusters":
            _made_cluster(kept, call)
        case "POST", "nodePools":
            pool = call.body["nodePool"]
            kept.things[f"{call.key}/{pool['name']}"] = {"version": _VERSION, **pool, "status": "RUNNING"}
        case "DELETE", _:
            kept.get(call.key)
            for key in [each for each in kept.things if f"{each}/".startswith(f"{call.key}/")]:
                del kept.things[key]
    return done


def _made_cluster(kept: Kept, call: Call) -> None:
    asked = call.body["cluster"]
    key = f"{call.key}/{asked['name']}"
    network = {name: asked[name] for name in ("network", "subnetwork")}
    kept.things[key] = {
        **asked,
        "currentMasterVersion": _VERSION,
        "endpoint": "192.0.2.1",
        "location": call.path.split("/")[3],
        "networkConfig": {**asked["networkConfig"], **network},
        "selfLink": f"https://container.googleapis.com/v1/{call.path}/{asked['name']}",
        "status": "RUNNING",
    }
    kept.things[f"{key}/nodePools/default-pool"] = {"name": "default-pool", "status": "RUNNING", "config": {}}


def dns(kept: Kept, call: Call) -> dict[str, Any]:
    """Zones, and records in them."""
    zone = call.key.rpartition("/")[0]
    if "/changes/" in call.path:
        return {"id": call.last, "status": "done"}
    match call.method, call.last:
        case "GET", "managedZones":
            return {"managedZones": kept.inside(call.key)}
        case "POST", "managedZones":
            servers = {"nameServers": ["ns-1.example.", "ns-2.example."], "id": "7"}
            asked = {key: value for key, value in call.body.items() if key != "privateVisibilityConfig"}
            kept.things[f"{call.key}/{call.body['name']}"] = {**asked, **servers}
            return kept.things[f"{call.key}/{call.body['name']}"]
        case "POST", "changes":
            for each in call.body.get("deletions", []):
                kept.things.pop(f"{zone}/rrsets/{each['name']} {each['type']}", None)
            for each in call.body.get("additions", []):
                kept.things[f"{zone}/rrsets/{each['name']} {each['type']}"] = each
            return {"id": "1", "status": "done"}
        case "GET", "rrsets":
            asked_for = {key: call.query[key] for key in ("name", "type") if key in call.query}
            return {"rrsets": [each for each in kept.inside(call.key) if asked_for.items() <= each.items()]}
    return kept.changed(call) if call.method == "GET" else {**kept.changed(call), "status": "done"}


def sql(kept: Kept, call: Call) -> dict[str, Any]:
    """Databases, and who signs in. One that is protected does not go."""
    done = {"name": f"op{kept.number()}", "status": "DONE"}
    if "/operations/" in call.path:
        return {**done, "name": call.last}
    match call.method, call.last:
        case "GET", "users":
            return {"items": kept.inside(call.key)}
        case "POST", "users":
            is_mysql = kept.get(call.key.rpartition("/")[0])["databaseVersion"].startswith("MYSQL")
            name = call.body["name"]
            if is_mysql and call.body["type"] != "CLOUD_IAM_GROUP":
                name = name.partition("@")[0]
            kept.things[f"{call.key}/{name}"] = {**call.body, "name": name, "host": "%" if is_mysql else ""}
        case "POST", "instances":
            project, name = call.path.split("/")[1], call.body["name"]
            kept.things[f"{call.key}/{name}"] = {
                **call.body,
                "connectionName": f"{project}:{call.body['region']}:{name}",
                "instanceType": "CLOUD_SQL_INSTANCE",
                "project": project,
                "pscServiceAttachmentLink": f"projects/google/regions/x/serviceAttachments/{name}",
                "state": "RUNNABLE",
            }
        case "GET", _:
            return kept.get(call.key)
        case "DELETE", _:
            if kept.get(call.key)["settings"].get("deletionProtectionEnabled"):
                raise NotThere(f"protected against deletion: {call.key}")
            kept.changed(call)
        case _:
            kept.changed(call)
    return done


def storage(kept: Kept, call: Call) -> dict[str, Any]:
    """Buckets; none has anything in it."""
    if call.last == "iam":
        return kept.policy(call, call.path)
    if call.last == "o":
        return {"items": []}
    if call.method != "POST":
        return kept.changed(call)
    name = call.body["name"]
    kept.things[f"{call.key}/{name}"] = {
        "storageClass": "STANDARD",
        **call.body,
        "id": name,
        "projectNumber": NUMBER,
    }
    return kept.things[f"{call.key}/{name}"]


def iam(kept: Kept, call: Call) -> dict[str, Any]:
    """Service accounts and roles, and pools of those whom others vouch for."""
    if "workloadIdentityPools" in call.path:
        return plain(kept, call)
    if call.method != "POST":
        return kept.changed(call)
    project = call.path.split("/")[1]
    if call.last == "roles":
        name = call.body["roleId"]
        found = {**call.body["role"], "name": f"{call.path}/{name}"}
    else:
        name = f"{call.body['accountId']}@{project}.iam.gserviceaccount.com"
        more = {"name": f"{call.path}/{name}", "email": name, "projectId": project, "uniqueId": kept.number()}
        found = {**call.body["serviceAccount"], **more}
    kept.things[f"{call.key}/{name}"] = found
    return found


SERVICES: dict[str, Callable[[Kept, Call], dict[str, Any]]] = {
    **dict.fromkeys(
        ("artifactregistry", "backupdr", "budgets", "file", "kms", "logging", "monitoring"), plain
    ),
    "bigquery": bigquery,
    "billing": billing,
    "compute": compute,
    "container": container,
    "dns": dns,
    "iam": iam,
    "projects": projects,
    "services": services,
    "sql": sql,
    "storage": storage,
}
