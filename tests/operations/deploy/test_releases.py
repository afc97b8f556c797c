"""Mending what Helm remembers of a release."""

from __future__ import annotations

from typing import Any

from deployer.operations.deploy import releases
from deployer.operations.deploy.releases import KEPT, Revision
from tests.operations.fake_api import FakeApi

SECRETS = "/api/v1/namespaces/demo/secrets"


def add(fake: FakeApi, number: int, status: str, release: dict[str, Any] | None = None) -> None:
    name = f"sh.helm.release.v1.demo.v{number}"
    body = {
        "metadata": {
            "name": name,
            "labels": {"owner": "helm", "name": "demo", "version": str(number), "status": status},
        },
        "data": {"release": releases.encoded(release or {"info": {"status": status}, "version": number})},
    }
    fake.put(f"{SECRETS}/{name}", body)


def test_revisions_come_in_order_of_their_numbers() -> None:
    fake = FakeApi()
    for number in (10, 9, 2):
        add(fake, number, "deployed")
    assert [revision.number for revision in releases.revisions(fake.api, "demo", "demo")] == [2, 9, 10]


def test_recovering_marks_the_revision_failed_and_keeps_all_else() -> None:
    fake = FakeApi()
    add(fake, 2, "pending-upgrade", {"info": {"status": "pending-upgrade", "notes": "n"}, "manifest": "m"})
    (revision,) = releases.revisions(fake.api, "demo", "demo")

    assert releases.recover(fake.api, "demo", revision)

    (after,) = releases.revisions(fake.api, "demo", "demo")
    assert after == Revision(number=2, status="failed", secret=revision.secret)
    assert releases.read(fake.api, "demo", after) == {
        "info": {
            "status": "failed",
            "notes": "n",
            "description": "interrupted; marked failed by deployer",
        },
        "manifest": "m",
    }


def test_a_revision_that_is_no_longer_pending_is_left_alone() -> None:
    fake = FakeApi()
    add(fake, 2, "pending-upgrade")
    (seen,) = releases.revisions(fake.api, "demo", "demo")
    add(fake, 2, "deployed")

    assert not releases.recover(fake.api, "demo", seen)
    assert fake.calls == []


def test_pruning_keeps_the_newest_and_every_good_revision() -> None:
    fake = FakeApi()
    for number in range(1, KEPT + 5):
        add(fake, number, "superseded")

    releases.prune(fake.api, "demo", "demo", good=[2])

    left = [revision.number for revision in releases.revisions(fake.api, "demo", "demo")]
    assert left == [2, *range(5, KEPT + 5)]


def test_the_jupyterhub_chart_tells_the_major_version_of_the_database() -> None:
    chart = {"metadata": {"dependencies": [{"name": "jupyterhub", "version": "4.4.0"}]}}
    assert releases.jupyterhub_major({"chart": chart}) == "4"
    assert releases.jupyterhub_major({"chart": {"metadata": {}}}) is None
