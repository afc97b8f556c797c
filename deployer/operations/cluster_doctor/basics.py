"""What Kubernetes itself has to have: a version that somebody supports, disks, nodes that come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer import clouds
from deployer.fleet.kubernetes_said import cloud
from deployer.fleet.kubernetes_support import minor, support
from deployer.operations.cluster_doctor.finding import Finding
from deployer.operations.infra.versions import SOON
from deployer.tools.kubernetes import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.cluster_doctor.finding import Patient

_DEFAULT = "storageclass.kubernetes.io/is-default-class"
_METRICS = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io"
_AUTOSCALERS = "app.kubernetes.io/name in (aws-cluster-autoscaler,cluster-autoscaler,karpenter)"


def kubernetes(patient: Patient) -> Iterator[Finding]:
    """Say which version runs, and whether its cloud supports it for long enough to be at ease."""
    whole = str(patient.api.get("/version")["gitVersion"])
    running, asked = minor(whole.removeprefix("v")), patient.cluster.kubernetes_version
    upgrade = f"`deployer infra upgrade {patient.cluster.name}`, or the cloud's own way"
    known = support(cloud(patient.cluster), running or "")
    end = known.next_end(patient.today) if known else None
    if known and end is None:
        told = f"{whole}: {known.service}'s support of it has ended on {known.ends}"
        yield Finding(check="kubernetes", state="old", told=told, next=upgrade, required=True)
    elif known and end and (end - patient.today).days <= SOON:
        told = f"{whole}: {known.service}'s {known.state(patient.today)} support of it ends on {end}"
        yield Finding(check="kubernetes", state="old", told=told, next=upgrade)
    elif running != asked:
        told = f"{whole}: charts are rendered for {asked}"
        where = "`kubernetes_version` of cluster.yaml says which version runs"
        yield Finding(check="kubernetes", state="old", told=told, next=where)
    else:
        yield Finding(check="kubernetes", state="ok", told=whole)


def default_disk(patient: Patient) -> Iterator[Finding]:
    """Look for the storage class of claims that name none: databases of hubs are on such."""
    names = [
        str(each["metadata"]["name"])
        for each in patient.api.items("/apis/storage.k8s.io/v1/storageclasses")
        if (each["metadata"].get("annotations") or {}).get(_DEFAULT) == "true"
    ]
    if not names:
        mark = f'`kubectl annotate storageclass NAME {_DEFAULT}="true"`'
        yield Finding(
            check="default disk",
            state="missing",
            told="no storage class is the default one: claims that name none wait for ever",
            next=f"{mark}, or `storageClasses` in the values of the support",
            required=True,
        )
    else:
        yield Finding(check="default disk", state="ok", told=", ".join(sorted(names)))


def metrics_api(patient: Patient) -> Iterator[Finding]:
    """Look for what tells how busy pods and nodes are."""
    enabled = patient.value("metrics-server", "enabled")
    by_hand = "GKE and AKS bring it; elsewhere give the support `metrics-server: {enabled: true}`"
    advice = patient.deploy if enabled else by_hand
    try:
        conditions = patient.api.get(_METRICS).get("status", {}).get("conditions", ())
    except NotFound:
        told = "`kubectl top` and autoscalers of pods have nothing to go by"
        yield Finding(check="metrics API", state="missing", told=told, next=advice)
        return
    for each in conditions:
        if each["type"] == "Available" and each["status"] != "True":
            told = each.get("message") or each.get("reason") or "not available"
            look = "`kubectl --namespace kube-system get pods --selector k8s-app=metrics-server`"
            yield Finding(check="metrics API", state="failing", told=told, next=look)
            return
    yield Finding(check="metrics API", state="ok", told="served")


def autoscaler(patient: Patient) -> Iterator[Finding]:
    """Look for the autoscaler of nodes on the one cloud that brings none."""
    if clouds.of(patient.cluster.provider).GIVEN.autoscaler:
        return
    found = patient.api.items("/apis/apps/v1/deployments", labelSelector=_AUTOSCALERS)
    built = "infrastructure" in patient.cluster.document.data
    if not found:
        told = "nothing adds nodes when users come, nor takes them away"
        yield Finding(check="autoscaler", state="missing", told=told, next=patient.deploy, required=built)
    elif not any(each.get("status", {}).get("availableReplicas") for each in found):
        name = f"{found[0]['metadata']['namespace']}/{found[0]['metadata']['name']}"
        look = f"`kubectl --namespace {found[0]['metadata']['namespace']} describe pods`"
        yield Finding(check="autoscaler", state="failing", told=f"{name} is not up", next=look, required=True)
    else:
        yield Finding(check="autoscaler", state="ok", told=str(found[0]["metadata"]["name"]))
