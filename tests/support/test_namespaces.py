"""Labels of pod security on a namespace of a real API server, beside those of others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from deployer.errors import DeployerError
from deployer.operations.deploy import releases
from deployer.operations.deploy.namespaces import label, label_as_in
from deployer.tools.kubernetes import Api, connect, ensure_namespace
from tests.support.api_server import api_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.deploy.upgrade import Upgrade

pytestmark = pytest.mark.integration

ENFORCE, WARN = (f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "warn"))
BOTH: dict[str, Any] = {"podSecurity": {"enforce": "baseline", "warn": "baseline"}}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with api_server(tmp_path_factory.mktemp("server")) as kubeconfig:
        yield connect(kubeconfig)


def work_in(api: Api, name: str) -> Upgrade:
    """Return as much of an upgrade as is asked, in a namespace with a label of somebody else."""
    ensure_namespace(api, name)
    api.patch(f"/api/v1/namespaces/{name}", {"metadata": {"labels": {"owner": "us"}}})
    owner = SimpleNamespace(name=name, namespace=name)
    return cast("Upgrade", SimpleNamespace(connection=SimpleNamespace(api=api), owner=owner))


def found(api: Api, name: str) -> dict[str, str]:
    labels: dict[str, str] = api.get(f"/api/v1/namespaces/{name}")["metadata"]["labels"]
    labels.pop("kubernetes.io/metadata.name")
    return labels


def test_labels_come_change_and_go_and_those_of_others_stay(api: Api) -> None:
    work = work_in(api, "a")
    label(work, BOTH)
    assert found(api, "a") == {"owner": "us", ENFORCE: "baseline", WARN: "baseline"}
    label(work, {"podSecurity": {"enforce": "privileged"}})
    assert found(api, "a") == {"owner": "us", ENFORCE: "privileged"}
    label(work, {})
    assert found(api, "a") == {"owner": "us"}


def test_a_namespace_of_which_nothing_is_wanted_is_not_written_to(api: Api) -> None:
    work = work_in(api, "b")
    before = api.get("/api/v1/namespaces/b")["metadata"]["resourceVersion"]
    label(work, {"podSecurity": {}})
    assert api.get("/api/v1/namespaces/b")["metadata"]["resourceVersion"] == before


def test_a_level_that_somebody_else_has_set_is_theirs(api: Api) -> None:
    work = work_in(api, "c")
    api.patch("/api/v1/namespaces/c", {"metadata": {"labels": {ENFORCE: "restricted"}}})
    with pytest.raises(DeployerError, match="somebody else has labelled the namespace `c`"):
        label(work, BOTH)
    assert found(api, "c") == {"owner": "us", ENFORCE: "restricted"}


def test_a_rollback_goes_back_to_the_levels_of_the_revision(api: Api) -> None:
    work = work_in(api, "d")
    stored = releases.encoded({"config": {"podSecurity": {"enforce": "privileged"}}})
    kept = {"owner": "helm", "name": "d", "version": "3", "status": "superseded"}
    secret = {"metadata": {"name": "sh.helm.release.v1.d.v3", "labels": kept}, "data": {"release": stored}}
    api.create("/api/v1/namespaces/d/secrets", secret)
    label(work, BOTH)
    label_as_in(work, 3)
    assert found(api, "d") == {"owner": "us", ENFORCE: "privileged"}
