"""Google Cloud: roles, names of quotas, and what gcloud is told. tests/infra runs gcloud itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from deployer.clouds.asking import Leftover, Quota, Service, Unanswered, Wanted
from deployer.clouds.asking.gcp import held, policy, services
from deployer.clouds.asking.gcp_leftovers import filters, leftovers
from deployer.clouds.asking.gcp_quotas import quotas
from deployer.clouds.asking.gcp_token import TOKEN_ARGV
from tests.clouds.asking.making import GCP, VARIABLES, answer, asker, cluster, need, pool, refusal
from tests.tools.fake_runner import Call

TOKEN = Call(argv=TOKEN_ARGV, stdout="secret\n")
REGION = ["gcloud", "compute", "regions", "describe", "europe-west1", "--project=hubs", "--format=json"]
PROJECT = ["gcloud", "compute", "project-info", "describe", "--project=hubs", "--format=json"]
BILLING = (
    "the budget is of the billing account: somebody who administers it has to give "
    "`roles/billing.costsManager` on it, since a role of a project can't have that"
)
PAGE = "https://console.cloud.google.com/iam-admin/quotas?project=hubs&service=compute.googleapis.com"


def limits(**metrics: tuple[float, float]) -> dict[str, Any]:
    return {
        "quotas": [
            {"metric": metric, "limit": limit, "usage": usage} for metric, (limit, usage) in metrics.items()
        ]
    }


def test_a_role_has_the_permissions_of_the_project_and_the_rest_is_said() -> None:
    wanted = need("container.clusters.create", "billing.budgets.create", gcs={"bucket": "states"})
    made = policy(cluster(GCP), VARIABLES[type(GCP)], wanted)
    assert yaml.safe_load(made.text) == {
        "title": "Build alps",
        "description": "What Terraform needs for the cluster alps, and no more",
        "stage": "GA",
        "includedPermissions": ["container.clusters.create"],
    }
    assert made.notices == (
        BILLING,
        "the state is in gs://states: give `roles/storage.objectUser` on that bucket",
        "make it: `gcloud iam roles create build_alps --project=hubs --file=FILE`",
    )


def test_services_are_enabled_there_already_or_by_the_plan_as_whom_terraform_is() -> None:
    argv = ["gcloud", "services", "list", "--enabled", "--project=hubs", "--format=json"]
    asking, runner = asker(GCP, TOKEN, answer(argv, [{"config": {"name": "compute.googleapis.com"}}]))
    wanted = need("compute.disks.create", "cloudsql.instances.create", "file.instances.create")
    enabling = replace(wanted, enables=frozenset(["sqladmin.googleapis.com"]))
    assert services(asking, enabling) == [
        Service(
            name="compute.googleapis.com",
            enabled=True,
            enable="gcloud services enable compute.googleapis.com --project=hubs",
        ),
        Service(
            name="file.googleapis.com",
            enabled=False,
            enable="gcloud services enable file.googleapis.com --project=hubs",
        ),
        Service(
            name="sqladmin.googleapis.com",
            enabled=True,
            enable="gcloud services enable sqladmin.googleapis.com --project=hubs",
            note="the plan enables it",
        ),
    ]
    assert runner.environments == [{}, {"CLOUDSDK_AUTH_ACCESS_TOKEN": "secret"}]
    assert runner.all_used()


def test_who_is_not_logged_in_is_told_what_gcloud_says() -> None:
    said = "ERROR: (gcloud.auth) Your default credentials were not found.\n\nmore advice\n"
    asking, _ = asker(GCP, refusal(TOKEN_ARGV, said))
    with pytest.raises(Unanswered) as caught:
        held(asking, need("compute.disks.create"))
    assert caught.value.message == "ERROR: (gcloud.auth) Your default credentials were not found."


def test_pools_count_for_the_quotas_of_their_families_their_gpus_and_disks() -> None:
    region = limits(
        CPUS=(24, 2),
        N2_CPUS=(100, 8),
        PREEMPTIBLE_CPUS=(0, 0),
        NVIDIA_T4_GPUS=(1, 0),
        PREEMPTIBLE_NVIDIA_T4_GPUS=(4, 1),
        SSD_TOTAL_GB=(500, 10),
        IN_USE_ADDRESSES=(8, 1),
    )
    project = limits(CPUS_ALL_REGIONS=(64, 10), GPUS_ALL_REGIONS=(0, 0), NETWORKS=(5, 5))
    asking, runner = asker(GCP, TOKEN, answer(REGION, region), answer(PROJECT, project))
    pools = (
        pool("core", "n2-highmem-2", 3),
        pool("small", "n1-standard-4", 2, spot=True, gpu="nvidia-tesla-t4", gpus=1),
        pool("new", "n4-standard-2", 1),
    )
    wanted = Wanted(pools=pools, made={"google_compute_network": 1}, new=True, private=False)
    found = {each.what: each for each in quotas(asking, wanted)}
    assert {what: (each.wanted, each.limit, each.used) for what, each in found.items()} == {
        "N2_CPUS of europe-west1": (6, 100, 8),
        "CPUS_ALL_REGIONS of hubs": (16, 64, 10),
        "SSD_TOTAL_GB of europe-west1": (600, 500, 10),
        "IN_USE_ADDRESSES of europe-west1": (6, 8, 1),
        "CPUS of europe-west1": (8, 24, 2),
        "PREEMPTIBLE_NVIDIA_T4_GPUS of europe-west1": (2, 4, 1),
        "GPUS_ALL_REGIONS of hubs": (2, 0, 0),
        "N4_CPUS of europe-west1": (2, None, None),
        "NETWORKS of hubs": (1, 5, 5),
    }
    assert found["N4_CPUS of europe-west1"] == Quota(
        what="N4_CPUS of europe-west1",
        wanted=2,
        more=PAGE,
        reason="Google does not tell of it there: look at the page",
    )
    assert runner.all_used()


def test_a_cluster_that_is_there_uses_some_of_a_quota_itself_and_counts_are_of_others_too() -> None:
    asking, _ = asker(
        GCP,
        TOKEN,
        answer(REGION, limits(N2_CPUS=(100, 8), SSD_TOTAL_GB=(500, 10))),
        answer(PROJECT, limits(CPUS_ALL_REGIONS=(64, 10), ROUTERS=(10, 2))),
    )
    wanted = Wanted(pools=(pool("a", "n2-highmem-2", 1),), made={"google_compute_router": 1}, new=False)
    assert {each.what: each.used for each in quotas(asking, wanted)} == {
        "N2_CPUS of europe-west1": None,
        "CPUS_ALL_REGIONS of hubs": None,
        "SSD_TOTAL_GB of europe-west1": None,
        "ROUTERS of hubs": 2,
    }


def test_leftovers_are_listed_by_labels_and_descriptions_with_what_deletes_them() -> None:
    said: dict[str, list[dict[str, str]]] = {
        "disks": [
            {
                "name": "pvc-1",
                "zone": "https://www.googleapis.com/compute/v1/projects/hubs/zones/europe-west1-b",
            },
            {"name": "kept", "zone": "zones/europe-west1-b"},
        ],
        "forwarding-rules": [{"name": "a1", "region": "regions/europe-west1"}],
        "firewall-rules": [{"name": "k8s-fw-a1"}],
    }
    begin = ["gcloud", "compute"]
    calls = [
        answer(
            [*begin, kind, "list", "--project=hubs", f"--filter={chosen}", "--format=json"],
            said.get(kind, []),
        )
        for kind, chosen, _ in filters("alps", "alps-1")
    ]
    asking, runner = asker(GCP, TOKEN, *calls)
    assert leftovers(asking, {"kept"}) == [
        Leftover(
            name="disks/pvc-1",
            delete="gcloud compute disks delete pvc-1 --zone=europe-west1-b --project=hubs",
        ),
        Leftover(
            name="forwarding-rules/a1 (may be of another cluster of the project)",
            delete="gcloud compute forwarding-rules delete a1 --region=europe-west1 --project=hubs",
        ),
        Leftover(
            name="firewall-rules/k8s-fw-a1",
            delete="gcloud compute firewall-rules delete k8s-fw-a1 --project=hubs",
        ),
    ]
    assert runner.all_used()
